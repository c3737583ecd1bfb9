package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import io.tributary.support.Certificates;
import io.tributary.support.ForwardProxy;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands between Tributary and the API: another path, headers of a gateway, a proxy. */
class ApiNetworkTest {
  private static final String DOCUMENT = "{\"eventId\":\"E\"}";

  @TempDir Path state;

  @Test
  void path_isCalledAsItIsWritten() throws Exception {
    try (RecordingApi api = new RecordingApi();
        ApiCalls calls =
            ApiCalls.with(
                state,
                api.url() + "/base/",
                Map.of(Setting.ANALYTICS_API_PATH, "/v2/in%2Fgest;a=b/~me"))) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then
      assertEquals("200", status);
      assertEquals("/base/v2/in%2Fgest;a=b/~me", api.attempts().get(0).path());
    }
  }

  @Test
  void headers_areOnEachPostAndNowhereElse() throws Exception {
    // Given
    try (RecordingApi tokens = new RecordingApi();
        RecordingApi api = new RecordingApi()) {
      tokens.answering((attempt, number) -> token(number));
      api.answering((attempt, number) -> Answer.status(number == 1 ? 401 : 200));
      Map<Setting, Object> settings = oauth2(tokens);
      settings.put(
          Setting.ANALYTICS_API_HEADERS, "X-Api-Key: abc=1,d:e ;x-tenant:  the blue one; ");
      try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
        // When
        String status = calls.post("E1", DOCUMENT);

        // Then the second try, with another token, has them, too
        assertEquals("200", status);
        assertEquals(2, api.attempts().size());
        for (Attempt attempt : api.attempts()) {
          assertEquals("abc=1,d:e", attempt.header("X-api-key"));
          assertEquals("the blue one", attempt.header("X-tenant"));
          assertEquals("application/json", attempt.header("Content-type"));
        }
        assertEquals("", tokens.attempts().get(0).header("X-api-key"));
      }
    }
  }

  @Test
  void proxy_passesOnWhatIsInTheClearAndHearsItsPassword() throws Exception {
    // Given
    try (ForwardProxy proxy = new ForwardProxy("ada:pa ss:w/rd");
        RecordingApi api = new RecordingApi();
        ApiCalls calls = ApiCalls.with(state, api.url(), through(proxy, "ada:pa%20ss%3Aw%2Frd@"))) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then the document went over the wire once
      assertEquals("200", status);
      assertEquals(1, proxy.heads().size());
      assertTrue(proxy.heads().get(0).startsWith("POST " + api.url() + "/api/analytics/data "));
      assertEquals(DOCUMENT, api.attempts().get(0).body());
    }
  }

  @Test
  void proxy_tunnelsTlsAndTheApiHearsNothingOfItsPassword() throws Exception {
    // Given
    Certificates certificates = new Certificates(state);
    try (ForwardProxy proxy = new ForwardProxy("ada:secret");
        RecordingApi tokens = RecordingApi.overTls(certificates.server("server"));
        RecordingApi api = RecordingApi.overTls(certificates.server("server"))) {
      tokens.answering((attempt, number) -> token(number));
      Map<Setting, Object> settings = oauth2(tokens);
      settings.putAll(through(proxy, "ada:secret@"));
      settings.put(Setting.ANALYTICS_API_HEADERS, "X-Api-Key: k");
      settings.put(Setting.ANALYTICS_API_TRUSTSTORE, certificates.trusting("server"));
      settings.put(Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD, Certificates.PASSWORD);
      try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
        // When
        List<String> statuses = List.of(calls.post("E1", DOCUMENT), calls.post("E2", DOCUMENT));

        // Then each end is reached in a tunnel, which is used again
        assertEquals(List.of("200", "200"), statuses);
        List<String> targets =
            proxy.heads().stream().map(head -> head.split(" ")[1]).distinct().toList();
        assertEquals(List.of(tokens.url().substring(8), api.url().substring(8)), targets);
        assertTrue(proxy.heads().stream().allMatch(head -> head.startsWith("CONNECT ")));
        assertTrue(proxy.heads().stream().noneMatch(head -> head.contains("X-Api-Key")));
        assertEquals(1, api.attempts().stream().map(Attempt::clientPort).distinct().count());
        assertEquals("", api.attempts().get(0).header("Proxy-authorization"));
        assertEquals("k", api.attempts().get(1).header("X-api-key"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void proxyThatRefusesThePassword_isNotTheBatchsFault(boolean tls) throws Exception {
    // Given
    try (ForwardProxy proxy = new ForwardProxy("ada:right");
        RecordingApi api = tls ? overTls() : new RecordingApi();
        ApiCalls calls = ApiCalls.with(state, api.url(), through(proxy, "ada:wrong@"))) {
      // When
      Exchange call = calls.call("E1", DOCUMENT);

      // Then
      assertEquals(Verdict.REFUSING, Verdict.of(call.getException()));
      assertTrue(call.getException().toString().contains("407"), call.getException().toString());
      assertEquals(List.of(), api.attempts());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 403, 413, 502})
  void proxyThatMakesNoTunnel_isNotTheBatchsFault(int status) throws Exception {
    // Given
    try (ForwardProxy proxy = new ForwardProxy("");
        RecordingApi api = overTls();
        ApiCalls calls = ApiCalls.with(state, api.url(), through(proxy, ""))) {
      proxy.refusing(status);

      // When
      Exception failure = calls.call("E1", DOCUMENT).getException();

      // Then
      Verdict expected = status == 502 ? Verdict.UNAVAILABLE : Verdict.REFUSING;
      assertEquals(expected, Verdict.of(failure));
      assertEquals("the proxy answers CONNECT with status " + status, failure.getMessage());
    }
  }

  @Test
  void proxyThatIsAway_isNoAnswer() throws Exception {
    // Given
    Map<Setting, Object> settings =
        Map.of(Setting.ANALYTICS_API_PROXY, "http://ada:s3cret@127.0.0.1:" + Ports.free());
    try (RecordingApi api = new RecordingApi();
        ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
      // When
      Exception failure = calls.call("E1", DOCUMENT).getException();

      // Then
      assertEquals(Verdict.UNAVAILABLE, Verdict.of(failure));
      assertFalse(failure.toString().contains("s3cret"), failure.toString());
      assertEquals(List.of(), api.attempts());
    }
  }

  private RecordingApi overTls() throws Exception {
    return RecordingApi.overTls(new Certificates(state).server("server"));
  }

  private static Answer token(int number) {
    String token = "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\"}".formatted(number);
    return new Answer(200, Map.of(), token);
  }

  private static Map<Setting, Object> through(ForwardProxy proxy, String login) {
    return Map.of(Setting.ANALYTICS_API_PROXY, "http://" + login + "127.0.0.1:" + proxy.port());
  }

  private static Map<Setting, Object> oauth2(RecordingApi tokens) {
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.ANALYTICS_API_AUTH, "oauth2");
    settings.put(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url());
    settings.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary");
    settings.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, "s");
    return settings;
  }
}
