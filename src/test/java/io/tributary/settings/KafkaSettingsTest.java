package io.tributary.settings;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.Certificates;
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

/** What is refused of the settings for secured brokers, and that no secret is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaSettingsTest {
  private Certificates certificates;

  @BeforeAll
  void make(@TempDir Path folder) {
    certificates = new Certificates(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SECURITY_PROTOCOL=TLS | SECURITY_PROTOCOL='TLS' | PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
        "SASL_MECHANISM=GSSAPI | SASL_MECHANISM='GSSAPI' | OAUTHBEARER",
        "SASL_PASSWORD=s3cret | SASL_PASSWORD='***' | SECURITY_PROTOCOL=PLAINTEXT only none",
        "SASL_OAUTHBEARER_CLIENT_SECRET=s3cret | CLIENT_SECRET='***' | SASL_SSL uses it",
        "SSL_KEYSTORE_LOCATION=f | SSL_KEYSTORE_LOCATION='f' | SSL or SASL_SSL uses it",
        "SECURITY_PROTOCOL=SASL_SSL SASL_PASSWORD=s3cret | SASL_USERNAME | needs it",
        "SECURITY_PROTOCOL=SASL_SSL SASL_USERNAME=u | SASL_PASSWORD | SASL_MECHANISM=SCRAM-SHA-512",
        "SECURITY_PROTOCOL=SASL_SSL SASL_USERNAME=u SASL_PASSWORD=s3cret{LF}x | ='***' | line breaks",
        "SECURITY_PROTOCOL=SASL_SSL SASL_MECHANISM=OAUTHBEARER | TOKEN_URL | needs it",
        "SECURITY_PROTOCOL=SASL_SSL SASL_MECHANISM=OAUTHBEARER SASL_USERNAME=u | USERNAME | PLAIN or",
        "SECURITY_PROTOCOL=SSL SSL_TRUSTSTORE_LOCATION=pom.xml | TRUSTSTORE_LOCATION='pom | PEM",
        "SECURITY_PROTOCOL=SSL SSL_TRUSTSTORE_LOCATION=nowhere | TRUSTSTORE_LOCATION='no | readable",
        "SECURITY_PROTOCOL=SSL SSL_TRUSTSTORE_PASSWORD=s3cret | PASSWORD='***' | any other uses it",
        "SECURITY_PROTOCOL=SSL SSL_KEYSTORE_LOCATION={keys} SSL_KEYSTORE_PASSWORD=s3cret "
            + "| SSL_KEYSTORE_LOCATION | opens with KAFKA_SSL_KEYSTORE_PASSWORD",
      })
  void unusable_isRefusedInOneLineWithoutItsSecret(String said, String named, String allowed)
      throws Exception {
    // When
    String message =
        assertThrows(SettingException.class, () -> Settings.from(settings(said)::get)).getMessage();

    // Then
    assertAll(
        () -> assertTrue(message.contains("KAFKA_"), message),
        () -> assertTrue(message.contains(named), message),
        () -> assertTrue(message.contains(allowed), message),
        () -> assertFalse(message.contains("s3cret"), message),
        () -> assertFalse(message.contains("\n"), message));
  }

  @Test
  void printedSettings_haveNoSecret() throws Exception {
    // Given
    Settings settings =
        Settings.from(
            settings("SECURITY_PROTOCOL=SASL_SSL SASL_USERNAME=u SASL_PASSWORD=s3cret")::get);

    // When
    String printed = settings.toString();

    // Then
    assertFalse(printed.contains("s3cret"), printed);
  }

  private Map<Setting, String> settings(String said) throws Exception {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    Arrays.stream(said.replace("{keys}", certificates.key("own").toString()).split(" ", -1))
        .map(pair -> pair.split("=", 2))
        .forEach(
            pair ->
                settings.put(Setting.valueOf("KAFKA_" + pair[0]), pair[1].replace("{LF}", "\n")));
    return settings;
  }
}
