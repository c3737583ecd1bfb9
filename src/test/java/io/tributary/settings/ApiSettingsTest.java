package io.tributary.settings;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused of the settings for signing in and for TLS, and that no secret is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiSettingsTest {
  private static final String SECRET = "s3cret";

  private Certificates certificates;
  private Path folder;

  @BeforeAll
  void make(@TempDir Path made) {
    folder = made;
    certificates = new Certificates(made);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PATH=data | PATH='data' | a path that begins with /",
        "PATH=/data?key=s3cret | PATH='/data?***' | without a query",
        "PATH=/a#b | PATH='/a#***' | a path",
        "BASE_URL=http://a/#s3cret | BASE_URL='http://a/#***' | http://",
        "PATH=/a%zz | PATH='/a%zz' | percent-encoded",
        "HEADERS=s3cret | HEADERS='***' | part 1 is not 'Name: value'",
        "HEADERS=X-A:1;;s3cret:{LF} | HEADERS='***' | part 3 is not",
        "HEADERS=X-A:1;X_s3c/ret:b | HEADERS='***' | part 2 is not",
        "HEADERS=X-A:s3cret;x-a:b | HEADERS='***' | parts 1 and 2 are the same header",
        "HEADERS=X-A:s3cret§ | HEADERS='***' | visible ASCII",
        "HEADERS=X-A: | HEADERS='***' | is not",
        "HEADERS=content-Type:s3cret | HEADERS='***' | Tributary itself sets content-type",
        "HEADERS=Idempotency-Key:s3cret | HEADERS='***' | sets idempotency-key",
        "HEADERS=Content-Length:s3cret | HEADERS='***' | sets content-length",
        "HEADERS=Host:s3cret | HEADERS='***' | sets host",
        "AUTH=basic USERNAME=ada PASSWORD=s3cret HEADERS=authorization:s3cret | HEADERS='***' | AUTH=basic sets",
        "PROXY=proxy:3128 | PROXY='proxy:3128' | http://host:port",
        "PROXY=http://proxy | PROXY='http://proxy' | http://host:port",
        "PROXY=https://proxy:1 | PROXY='https://proxy:1' | http://host:port",
        "PROXY=http://ada@proxy:1 | PROXY='http://***@proxy:1' | user:password@",
        "PROXY=http://ada:s3cr@t@proxy:1 | PROXY='http://***@proxy:1' | percent-encoded",
        "PROXY=http://ada:s3cret@proxy:1/path | PROXY='http://***@proxy:1/path' | http://host:port",
        "PROXY=ada:s3cret@proxy:1 | PROXY='***@proxy:1' | http://host:port",
        "AUTH=digest | AUTH='digest' | none, basic, bearer, oauth2",
        "GZIP=yes | GZIP='yes' | true, false",
        "AUTH=basic PASSWORD=s3cret | USERNAME | AUTH=basic needs it",
        "AUTH=basic USERNAME=ada | PASSWORD | AUTH=basic needs it",
        "AUTH=basic USERNAME=a:b PASSWORD=s3cret | USERNAME='a:b' | a name without a colon",
        "AUTH=bearer | TOKEN | AUTH=bearer without ANALYTICS_API_TOKEN_FILE needs it",
        "AUTH=bearer TOKEN=s3cret_{LF}x | TOKEN='***' | without line breaks",
        "AUTH=bearer TOKEN=s3cret_§ | TOKEN='***' | is allowed",
        "AUTH=bearer TOKEN=s3cret TOKEN_FILE=f | TOKEN_FILE='f' | only one of it and",
        "AUTH=bearer TOKEN_FILE=nowhere | TOKEN_FILE='nowhere' | a readable file",
        "AUTH=bearer TOKEN_FILE=pom.xml | TOKEN_FILE='pom.xml' | nothing but the token",
        "AUTH=oauth2 OAUTH2_CLIENT_ID=me OAUTH2_CLIENT_SECRET=s3cret | OAUTH2_TOKEN_URL | needs it",
        "AUTH=oauth2 OAUTH2_TOKEN_URL=http://t OAUTH2_CLIENT_ID=me | OAUTH2_CLIENT_SECRET | needs it",
        "AUTH=oauth2 OAUTH2_TOKEN_URL=http://t OAUTH2_CLIENT_SECRET=s3cret | OAUTH2_CLIENT_ID | needs",
        "AUTH=oauth2 OAUTH2_TOKEN_URL=t | OAUTH2_TOKEN_URL='t' | http://",
        "AUTH=oauth2 OAUTH2_TOKEN_URL=http://ada:s3cret@t OAUTH2_CLIENT_ID=me | ='http://***@t' | http://",
        "AUTH=oauth2 OAUTH2_TOKEN_URL=http://t/?k=s3cret OAUTH2_CLIENT_ID=me | ='http://t/?***' | http://",
        "OAUTH2_TOKEN_URL=http://t/?k=s3cret | ='http://t/?***' | oauth2 uses it",
        "AUTH=basic USERNAME=ada PASSWORD= | PASSWORD='none' | AUTH=basic needs it",
        "TOKEN=s3cret | TOKEN='***' | AUTH=none only none is allowed; bearer uses it",
        "AUTH=bearer TOKEN=s3cret PASSWORD=s3cret | PASSWORD='***' | basic uses it",
        "OAUTH2_SCOPE=read | OAUTH2_SCOPE='read' | oauth2 uses it",
        "BASE_URL=https://a KEYSTORE=nowhere KEYSTORE_PASSWORD=s3cret | KEYSTORE='n | PKCS12 file",
        "BASE_URL=https://a KEYSTORE=pom.xml KEYSTORE_PASSWORD=s3cret | KEYSTORE='pom | PKCS12 file",
        "BASE_URL=https://a KEYSTORE={keys} | KEYSTORE='/ | opens with ANALYTICS_API_KEYSTORE_PASSWORD",
        "BASE_URL=https://a KEYSTORE={keys} KEYSTORE_PASSWORD=s3cret | KEYSTORE='/ | opens with ANALYTICS_API_KEYSTORE_P",
        "BASE_URL=https://a KEYSTORE_PASSWORD=s3cret | KEYSTORE_PASSWORD='***' | any other uses it",
        "BASE_URL=https://a KEYSTORE={trusted} KEYSTORE_PASSWORD={pass} | KEYSTORE | a private key",
        "BASE_URL=https://a TRUSTSTORE={keys} TRUSTSTORE_PASSWORD={pass} | TRUSTSTORE | trusted cert",
        "BASE_URL=https://a TRUSTSTORE={trusted} TRUSTSTORE_PASSWORD=s3cret | ='/ | opens with ANALYTICS_API_T",
        "BASE_URL=https://a TRUSTSTORE={trusted} TRUSTSTORE_PASSWORD={pass} TLS_VERIFY=false "
            + "| TLS_VERIFY='false' | only true is allowed",
      })
  void unusable_isRefusedInOneLineWithoutItsSecret(String said, String named, String allowed)
      throws Exception {
    // When
    String message =
        assertThrows(SettingException.class, () -> Settings.from(settings(said)::get)).getMessage();

    // Then
    assertAll(
        () -> assertTrue(message.contains("ANALYTICS_API_"), message),
        () -> assertTrue(message.contains(named), message),
        () -> assertTrue(message.contains(allowed), message),
        () -> assertFalse(message.contains(SECRET), message),
        () -> assertFalse(message.contains(Certificates.PASSWORD), message),
        () -> assertFalse(message.contains("\n"), message));
  }

  @Test
  void printedSettings_haveNoSecret() throws Exception {
    // Given
    Path token = Files.writeString(folder.resolve("token"), SECRET + "\n");
    for (String said :
        new String[] {
          "AUTH=basic USERNAME=ada PASSWORD=s3cret",
          "AUTH=bearer TOKEN=s3cret",
          "HEADERS=Authorization:s3cret",
          "PROXY=http://ada:s3cret@h:1",
          "AUTH=bearer TOKEN_FILE=" + token,
          "AUTH=oauth2 OAUTH2_TOKEN_URL=http://t OAUTH2_CLIENT_ID=i OAUTH2_CLIENT_SECRET=s3cret",
          "BASE_URL=https://a KEYSTORE={keys} KEYSTORE_PASSWORD={pass}"
        }) {
      // When
      String printed = Settings.from(settings(said)::get).toString();

      // Then
      assertFalse(printed.contains(SECRET), printed);
      assertFalse(printed.contains(Certificates.PASSWORD), printed);
    }
  }

  private Map<Setting, String> settings(String said) throws Exception {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    String filled =
        said.replace("{keys}", certificates.key("own").toString())
            .replace("{trusted}", certificates.trusting("own").toString())
            .replace("{pass}", Certificates.PASSWORD);
    Arrays.stream(filled.split(" ", -1))
        .map(pair -> pair.split("=", 2))
        .forEach(
            pair ->
                settings.put(
                    Setting.valueOf("ANALYTICS_API_" + pair[0]), pair[1].replace("{LF}", "\n")));
    return settings;
  }
}
