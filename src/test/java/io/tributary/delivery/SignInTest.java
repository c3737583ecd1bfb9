package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Tributary signs in, through the shipped route that calls the API. */
class SignInTest {
  private static final String DOCUMENT = "{\"eventId\":\"E\"}";

  private final RecordingApi api = new RecordingApi();
  private final RecordingApi tokens = new RecordingApi();

  @TempDir Path state;
  @TempDir Path folder;

  @AfterEach
  void stop() {
    api.close();
    tokens.close();
  }

  @Test
  void none_sendsNoAuthorization() throws Exception {
    try (ApiCalls calls = ApiCalls.with(state, api.url(), Map.of())) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then
      assertEquals("200", status);
      assertEquals(List.of(""), authorizations());
      assertEquals("", api.attempts().get(0).header("Content-encoding"));
    }
  }

  @Test
  void basic_sendsNameAndPasswordAndTriesA401NotAgain() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(number == 1 ? 200 : 401));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), basic("ada", "pässword:with?&%+"))) {
      // When
      List<String> statuses = List.of(calls.post("E1", DOCUMENT), calls.post("E2", DOCUMENT));

      // Then
      assertEquals(List.of("200", "401"), statuses);
      assertEquals(2, api.attempts().size());
      String pair = authorizations().get(0).replaceFirst("^Basic ", "");
      assertEquals("ada:pässword:with?&%+", new String(Base64.getDecoder().decode(pair), UTF_8));
    }
  }

  @Test
  void bearer_sendsTheTokenAndTriesA401NotAgain() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(number == 1 ? 200 : 401));
    Map<Setting, String> settings =
        Map.of(Setting.ANALYTICS_API_AUTH, "bearer", Setting.ANALYTICS_API_TOKEN, "abc.d-e_f~/+==");
    try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
      // When
      List<String> statuses = List.of(calls.post("E1", DOCUMENT), calls.post("E2", DOCUMENT));

      // Then
      assertEquals(List.of("200", "401"), statuses);
      assertEquals(List.of("Bearer abc.d-e_f~/+==", "Bearer abc.d-e_f~/+=="), authorizations());
    }
  }

  @Test
  void tokenFile_isReadAgainWhenItChanges() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("token"), "one\n");
    try (ApiCalls calls = ApiCalls.with(state, api.url(), tokenFile(file))) {
      calls.post("E1", DOCUMENT);

      // When it changes, is gone, and is there again
      Files.writeString(file, "two");
      calls.post("E2", DOCUMENT);
      Files.delete(file);
      String without = calls.post("E3", DOCUMENT);
      Files.writeString(file, "three");
      calls.post("E3", DOCUMENT);

      // Then
      assertTrue(without.contains("token file " + file + " cannot be used"), without);
      assertEquals(List.of("Bearer one", "Bearer two", "Bearer three"), authorizations());
    }
  }

  @Test
  void tokenFile_isReadAgainAfterA401AndSentAgainOnlyIfItIsAnother() throws Exception {
    // Given a token that is replaced while the API looks at the old one
    Path file = Files.writeString(folder.resolve("token"), "old");
    api.answering(
        (attempt, number) -> {
          replace(file, "new");
          return Answer.status(attempt.header("Authorization").equals("Bearer ok") ? 200 : 401);
        });
    try (ApiCalls calls = ApiCalls.with(state, api.url(), tokenFile(file))) {
      // When
      String first = calls.post("E1", DOCUMENT);
      String second = calls.post("E2", DOCUMENT);

      // Then the first had two tries, the second one
      assertEquals(List.of("401", "401"), List.of(first, second));
      assertEquals(List.of("Bearer old", "Bearer new", "Bearer new"), authorizations());
      assertSame(api.attempts().get(0), api.attempts().get(1));
    }
  }

  @Test
  void oauth2_fetchesATokenOnceAndKeepsIt() throws Exception {
    // Given
    tokens.answering((attempt, number) -> token("t" + number, "3600"));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), oauth2("secret:/ä+"))) {
      // When
      for (int i = 0; i < 3; i++) {
        assertEquals("200", calls.post("E" + i, DOCUMENT));
      }

      // Then
      assertEquals(List.of("Bearer t1", "Bearer t1", "Bearer t1"), authorizations());
      assertEquals(1, tokens.attempts().size());
      Attempt request = tokens.attempts().get(0);
      assertEquals("/oauth/token/", request.path());
      assertEquals("grant_type=client_credentials&scope=batches+write", request.body());
      assertTrue(request.header("Content-type").startsWith("application/x-www-form-urlencoded"));
      String pair = request.header("Authorization").replaceFirst("^Basic ", "");
      assertEquals(
          "tributary:secret%3A%2F%C3%A4%2B", new String(Base64.getDecoder().decode(pair), UTF_8));
    }
  }

  @Test
  void oauth2_fetchesAnotherTokenWhenTheFirstExpires() throws Exception {
    // Given tokens that are good for no time at all, and then for long
    tokens.answering((attempt, number) -> token("t" + number, number < 3 ? "0" : "\"3600\""));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), oauth2("s"))) {
      // When
      for (int i = 0; i < 4; i++) {
        calls.post("E" + i, DOCUMENT);
      }

      // Then
      assertEquals(List.of("Bearer t1", "Bearer t2", "Bearer t3", "Bearer t3"), authorizations());
    }
  }

  @Test
  void oauth2_fetchesAnotherTokenOnceAfterA401() throws Exception {
    // Given
    tokens.answering((attempt, number) -> token("t" + number, "3600"));
    api.answering(
        (attempt, number) ->
            Answer.status(attempt.header("Authorization").equals("Bearer t2") ? 200 : 401));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), oauth2("s"))) {
      // When
      String first = calls.post("E1", DOCUMENT);
      api.answering((attempt, number) -> Answer.status(401));
      String second = calls.post("E2", DOCUMENT);

      // Then
      assertEquals(List.of("200", "401"), List.of(first, second));
      assertEquals(List.of("Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"), authorizations());
      assertEquals(3, tokens.attempts().size());
      assertSame(api.attempts().get(0), api.attempts().get(1));
      assertEquals(1, api.attempts().stream().map(Attempt::clientPort).distinct().count());
    }
  }

  @Test
  void oauth2_compressedBodyIsTheSameAfterA401() throws Exception {
    // Given
    tokens.answering((attempt, number) -> token("t" + number, "3600"));
    api.answering((attempt, number) -> Answer.status(number == 1 ? 401 : 200));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), withGzip(oauth2("s")))) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then
      assertEquals("200", status);
      assertSame(api.attempts().get(0), api.attempts().get(1));
      assertEquals("gzip", api.attempts().get(1).header("Content-encoding"));
      assertEquals(DOCUMENT, api.attempts().get(1).body());
    }
  }

  @Test
  void oauth2_endpointThatGivesNoToken_isNamedWithItsReason() throws Exception {
    // Given
    List<Answer> answers =
        List.of(
            Answer.status(503),
            new Answer(401, Map.of(), "{\"error\":\"invalid_client\"}"),
            new Answer(400, Map.of(), "{\"error\":\"the secret was s3cret\"}"),
            new Answer(302, Map.of("Location", api.url()), ""),
            new Answer(200, Map.of(), "<html>"),
            new Answer(200, Map.of(), "{\"access_token\":\"a b\",\"token_type\":\"Bearer\"}"),
            new Answer(200, Map.of(), "{\"access_token\":\"ab\",\"token_type\":\"mac\"}"),
            Answer.cut());
    tokens.answering((attempt, number) -> answers.get(number - 1));
    try (ApiCalls calls = ApiCalls.with(state, api.url(), oauth2("s3cret"))) {
      String endpoint = "token endpoint " + tokens.url() + "/oauth/token/ ";
      List<String> reasons =
          List.of(
              "answered 503",
              "answered 401 (invalid_client)",
              "answered 400",
              "answered 302",
              "answered 200 without a bearer token",
              "answered 200 without a bearer token",
              "answered 200 without a bearer token",
              "did not answer: org.apache.hc.core5.http.NoHttpResponseException");
      for (String reason : reasons) {
        // When
        String failure = calls.post("E1", DOCUMENT);

        // Then
        assertTrue(failure.contains(endpoint + reason), failure);
        assertTrue(!failure.contains("s3cret"), failure);
      }
      assertEquals(List.of(), api.attempts());
    }
  }

  @Test
  void timeLimit_isForTheTokenAndBothTriesTogether() throws Exception {
    // Given a first call, which takes time to load classes, and then an API and a token endpoint
    // that hang, one after the other
    CountDownLatch end = new CountDownLatch(1);
    tokens.answering(
        (attempt, number) -> {
          if (number == 2) {
            end.await();
          }
          return token("t" + number, "3600");
        });
    Map<Setting, String> settings = with(oauth2("s"), Setting.ANALYTICS_API_TIMEOUT, "3");
    try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
      assertEquals("200", calls.post("E0", DOCUMENT));
      api.answering((attempt, number) -> Answer.status(401));

      // When
      String tokenHangs = calls.post("E1", DOCUMENT);
      api.answering(
          (attempt, number) -> {
            end.await();
            return Answer.status(200);
          });
      String apiHangs = calls.post("E2", DOCUMENT);

      // Then
      assertTrue(tokenHangs.contains("/ did not answer within the time for one call"), tokenHangs);
      assertTrue(apiHangs.contains("no answer within 3000 ms"), apiHangs);
    } finally {
      end.countDown();
    }
  }

  @Test
  void redirect_isNotFollowed() throws Exception {
    // Given
    try (RecordingApi elsewhere = new RecordingApi();
        ApiCalls calls = ApiCalls.with(state, api.url(), basic("ada", "secret"))) {
      for (int status : List.of(301, 302, 303, 307, 308)) {
        api.answering(
            (attempt, number) ->
                new Answer(status, Map.of("Location", elsewhere.url() + "/there"), ""));

        // When
        String said = calls.post("E1", DOCUMENT);

        // Then
        assertEquals(String.valueOf(status), said);
      }
      assertEquals(5, api.attempts().size());
      assertEquals(List.of(), elsewhere.attempts());
    }
  }

  private List<String> authorizations() {
    return api.attempts().stream().map(attempt -> attempt.header("Authorization")).toList();
  }

  private static void assertSame(Attempt one, Attempt other) {
    assertEquals(one.key(), other.key());
    assertEquals(List.of(bytes(one)), List.of(bytes(other)));
  }

  private static String bytes(Attempt attempt) {
    return Base64.getEncoder().encodeToString(attempt.raw());
  }

  private static void replace(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer token(String token, String expiresIn) {
    return new Answer(
        200,
        Map.of(),
        "{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expires_in\":%s}"
            .formatted(token, expiresIn));
  }

  private static Map<Setting, String> basic(String username, String password) {
    return Map.of(
        Setting.ANALYTICS_API_AUTH, "basic",
        Setting.ANALYTICS_API_USERNAME, username,
        Setting.ANALYTICS_API_PASSWORD, password);
  }

  private static Map<Setting, String> tokenFile(Path file) {
    return Map.of(
        Setting.ANALYTICS_API_AUTH, "bearer", Setting.ANALYTICS_API_TOKEN_FILE, file.toString());
  }

  private Map<Setting, String> oauth2(String secret) {
    return Map.of(
        Setting.ANALYTICS_API_AUTH, "oauth2",
        Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url() + "/oauth/token/",
        Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary",
        Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, secret,
        Setting.ANALYTICS_API_OAUTH2_SCOPE, "batches write");
  }

  private static Map<Setting, String> withGzip(Map<Setting, String> settings) {
    return with(settings, Setting.ANALYTICS_API_GZIP, "true");
  }

  private static Map<Setting, String> with(
      Map<Setting, String> settings, Setting setting, String value) {
    Map<Setting, String> all = new EnumMap<>(settings);
    all.put(setting, value);
    return all;
  }
}
