package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import io.tributary.support.Certificates;
import io.tributary.support.LogLines;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections over TLS, through the shipped route that calls the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiTlsTest {
  private static final String DOCUMENT = "{\"eventId\":\"E\"}";

  private Certificates certificates;

  @BeforeAll
  void make(@TempDir Path folder) {
    certificates = new Certificates(folder);
  }

  @Test
  void certificateThatNobodyVouchesFor_isRefused(@TempDir Path state) throws Exception {
    // Given the truststore of Java, and one of another key
    try (RecordingApi api = RecordingApi.overTls(certificates.server("server"))) {
      for (Map<Setting, Object> trust : List.of(Map.<Setting, Object>of(), trusting("client"))) {
        try (ApiCalls calls = ApiCalls.with(state, api.url(), trust)) {
          // When
          String status = calls.post("E1", DOCUMENT);

          // Then
          assertTrue(status.contains("PKIX path"), status);
          assertEquals(List.of(), api.attempts());
        }
      }
    }
  }

  @Test
  void certificateForAnotherHost_isRefused(@TempDir Path state) throws Exception {
    // Given a certificate that is trusted, and not for the loopback address
    try (RecordingApi api = RecordingApi.overTls(certificates.server("client"));
        ApiCalls calls = ApiCalls.with(state, api.url(), trusting("client"))) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then
      assertTrue(status.contains("No subject alternative names matching IP address"), status);
      assertEquals(List.of(), api.attempts());
    }
  }

  @Test
  void verifyOff_takesAnyCertificateAndWarns(@TempDir Path state) throws Exception {
    // Given
    Map<Setting, Object> settings = Map.of(Setting.ANALYTICS_API_TLS_VERIFY, "false");
    try (LogLines log = LogLines.of(ApiClient.class.getName());
        RecordingApi api = RecordingApi.overTls(certificates.server("client"))) {
      for (int start = 1; start <= 2; start++) {
        try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
          // When
          String status = calls.post("E1", DOCUMENT);

          // Then
          assertEquals("200", status);
          assertEquals(start, log.count("WARN ANALYTICS_API_TLS_VERIFY=false"));
        }
      }
    }
  }

  @Test
  void mutualTls_isRefusedWithoutOurCertificateAndKeepsItsConnectionWith(@TempDir Path state)
      throws Exception {
    // Given
    try (RecordingApi api = RecordingApi.overTls(certificates.serverForClient())) {
      try (ApiCalls calls = ApiCalls.with(state, api.url(), trusting("server"))) {
        // When
        String without = calls.post("E1", DOCUMENT);

        // Then
        assertTrue(!without.equals("200"), without);
        assertEquals(List.of(), api.attempts());
      }
      try (ApiCalls calls = ApiCalls.with(state, api.url(), identified())) {
        // When
        for (int i = 0; i < 3; i++) {
          assertEquals("200", calls.post("E" + i, DOCUMENT));
        }

        // Then
        assertEquals(1, api.attempts().stream().map(Attempt::clientPort).distinct().count());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mutualTls_takesPemFiles(boolean verify, @TempDir Path state) throws Exception {
    // Given
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.ANALYTICS_API_KEYSTORE, certificates.pem("client", true));
    if (verify) {
      settings.put(Setting.ANALYTICS_API_TRUSTSTORE, certificates.pem("server", false));
    } else {
      settings.put(Setting.ANALYTICS_API_TLS_VERIFY, "false");
    }
    try (RecordingApi api = RecordingApi.overTls(certificates.serverForClient());
        ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
      // When
      String status = calls.post("E1", DOCUMENT);

      // Then
      assertEquals("200", status);
    }
  }

  @Test
  void tokenEndpoint_isAskedOverTheSameTls(@TempDir Path state) throws Exception {
    // Given
    try (RecordingApi tokens = RecordingApi.overTls(certificates.serverForClient());
        RecordingApi api = new RecordingApi()) {
      tokens.answering(
          (attempt, number) ->
              new Answer(200, Map.of(), "{\"access_token\":\"t1\",\"token_type\":\"Bearer\"}"));
      Map<Setting, Object> settings = identified();
      settings.put(Setting.ANALYTICS_API_AUTH, "oauth2");
      settings.put(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url());
      settings.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary");
      settings.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, "s");
      try (ApiCalls calls = ApiCalls.with(state, api.url(), settings)) {
        // When
        String status = calls.post("E1", DOCUMENT);

        // Then
        assertEquals("200", status);
        assertEquals("Bearer t1", api.attempts().get(0).header("Authorization"));
      }
    }
  }

  private Map<Setting, Object> trusting(String name) throws Exception {
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.ANALYTICS_API_TRUSTSTORE, certificates.trusting(name));
    settings.put(Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD, Certificates.PASSWORD);
    return settings;
  }

  private Map<Setting, Object> identified() throws Exception {
    Map<Setting, Object> settings = trusting("server");
    settings.put(Setting.ANALYTICS_API_KEYSTORE, certificates.key("client"));
    settings.put(Setting.ANALYTICS_API_KEYSTORE_PASSWORD, Certificates.PASSWORD);
    return settings;
  }
}
