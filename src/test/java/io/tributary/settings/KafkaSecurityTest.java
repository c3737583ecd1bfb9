package io.tributary.settings;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.store.Store;
import io.tributary.support.Certificates;
import io.tributary.support.LogLines;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RunningTributary;
import io.tributary.support.RunningTributary.Result;
import io.tributary.support.SecuredBroker;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes against a broker that asks who they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaSecurityTest {
  private static final String PASSWORD = "a;b\"c\\d' e=f";

  private final Management management = new Management(Ports.free());
  private Certificates certificates;
  private SecuredBroker broker;
  private RunningTributary.Builder settings;
  private int topics;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    certificates = new Certificates(folder);
    broker = SecuredBroker.start(certificates, "reader", PASSWORD);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void scram_userUnknownAtFirst_readsWhenTheBrokerKnowsIt(@TempDir Path state) throws Exception {
    // Given
    String user = "tri\"but\\ary";
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT");
    settings.put(Setting.KAFKA_SASL_USERNAME, user);
    settings.put(Setting.KAFKA_SASL_PASSWORD, PASSWORD);
    try (RecordingApi api = new RecordingApi();
        LogLines log = LogLines.of("io.tributary.intake");
        RunningTributary running = tributary(state, broker.scram(), api, settings)) {
      // When
      awaitReadiness("SASL mechanism SCRAM-SHA-512", "\"REFUSED\"");

      // Then
      assertEquals(List.of(), api.attempts());
      await().until(() -> log.count("WARN The brokers refuse to let") == 2); // one a stream

      // When
      broker.addScramUser(user, PASSWORD);

      // Then
      assertReadsWritesAndReplays(api);
      awaitReadiness("\"UP\"", "\"MEMBER\"");
    }
  }

  @Test
  void deadLetterOfARefusedLogin_isWrittenWhenTheBrokerKnowsTheUser(@TempDir Path state)
      throws Exception {
    // Given a batch that is pending
    Map<Setting, Object> settings = trusting("server");
    settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_SSL");
    settings.put(Setting.KAFKA_SASL_MECHANISM, "PLAIN");
    settings.put(Setting.KAFKA_SASL_USERNAME, "reader");
    settings.put(Setting.KAFKA_SASL_PASSWORD, PASSWORD);
    try (RecordingApi api = new RecordingApi()) {
      api.answering((attempt, number) -> Answer.status(503));
      try (RunningTributary running = tributary(state, broker.saslOverTls(), api, settings)) {
        broker.send("customers" + topics, message("m1", "{\"id\":\"C1\"}"));
        await().until(() -> pending(running) == 1);
      }

      // When the API refuses it, and the brokers whoever would write that
      settings.clear();
      settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT");
      settings.put(Setting.KAFKA_SASL_USERNAME, "writer");
      settings.put(Setting.KAFKA_SASL_PASSWORD, PASSWORD);
      api.answering((attempt, number) -> Answer.status(422));
      try (RunningTributary running = tributary(state, broker.scram(), api, settings)) {
        awaitReadiness(" cannot be written since ", "SaslAuthenticationException");
        broker.addScramUser("writer", PASSWORD);

        // Then
        await().until(() -> pending(running) == 0);
        awaitReadiness("\"WRITABLE\"");
      }
    }
  }

  private static int pending(RunningTributary running) {
    return running.bean("mergeStore", Store.class).pendingCount();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256"})
  void passwordOverTls_reads(String mechanism, @TempDir Path state) throws Exception {
    // Given
    Map<Setting, Object> settings = trusting("server");
    settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_SSL");
    settings.put(Setting.KAFKA_SASL_MECHANISM, mechanism);
    settings.put(Setting.KAFKA_SASL_USERNAME, "reader");
    settings.put(Setting.KAFKA_SASL_PASSWORD, PASSWORD);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(state, broker.saslOverTls(), api, settings)) {
      // When, then
      assertReadsWritesAndReplays(api);
    }
  }

  @Test
  void oauthbearer_readsWhenTheTokenEndpointAnswers(@TempDir Path state) throws Exception {
    // Given
    String claims = "{\"sub\":\"reader\",\"iat\":1,\"exp\":%d}";
    long end = System.currentTimeMillis() / 1000 + 3600;
    String token = base64("{\"alg\":\"none\"}") + "." + base64(claims.formatted(end)) + ".x4711";
    try (RecordingApi tokens = new RecordingApi();
        RecordingApi api = new RecordingApi()) {
      tokens.answering((attempt, number) -> Answer.status(503));
      Map<Setting, Object> settings = new EnumMap<>(Setting.class);
      settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT");
      settings.put(Setting.KAFKA_SASL_MECHANISM, "OAUTHBEARER");
      settings.put(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL, tokens.url() + "/token");
      settings.put(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID, "tributary");
      settings.put(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET, PASSWORD);
      settings.put(Setting.KAFKA_SASL_OAUTHBEARER_SCOPE, "read");
      try (RunningTributary running = tributary(state, broker.oauth(), api, settings)) {
        // When
        awaitReadiness("\"NO_CONSUMER\"");
        tokens.answering(
            (attempt, number) -> new Answer(200, Map.of(), "{\"access_token\":\"" + token + "\"}"));

        // Then
        assertReadsWritesAndReplays(api);
        assertEquals(
            "Basic " + Base64.getEncoder().encodeToString(("tributary:" + PASSWORD).getBytes()),
            tokens.attempts().get(0).header("Authorization"));
        assertTrue(tokens.attempts().get(0).body().contains("scope=read"));
      }
    }
  }

  @Test
  void tls_certificateThatNobodyVouchesFor_isRefused(@TempDir Path state) throws Exception {
    // Given
    Map<Setting, Object> settings = trusting("client");
    settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SSL");
    settings.put(Setting.KAFKA_SSL_KEYSTORE_LOCATION, certificates.key("client"));
    settings.put(Setting.KAFKA_SSL_KEYSTORE_PASSWORD, Certificates.PASSWORD);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(state, broker.tls(), api, settings)) {
      // When, then
      awaitReadiness("valid certification path", "\"REFUSED\"");
      assertTrue(running.context().getStatus().isStarted());
    }
  }

  @Test
  void mutualTls_reads(@TempDir Path state) throws Exception {
    // Given
    Map<Setting, Object> settings = trusting("server");
    settings.put(Setting.KAFKA_SECURITY_PROTOCOL, "SSL");
    settings.put(Setting.KAFKA_SSL_KEYSTORE_LOCATION, certificates.key("client"));
    settings.put(Setting.KAFKA_SSL_KEYSTORE_PASSWORD, Certificates.PASSWORD);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(state, broker.tls(), api, settings)) {
      // When, then
      assertReadsWritesAndReplays(api);
    }
  }

  /** Reads a record, writes a dead letter, and reads that again. */
  private void assertReadsWritesAndReplays(RecordingApi api) {
    broker.send("customers" + topics, message("m1", "{\"id\":\"C1\"}"));
    broker.send("customers" + topics, new byte[0]);
    await().until(() -> api.applied().size() == 1);
    await().until(() -> settings.command("replay", "--dry-run").output().contains("found=1"));
    Result sent = settings.command("replay", "--all");
    assertTrue(sent.output().contains("DONE: found=1, to replay=0, replayed=0"), sent.output());
  }

  private void awaitReadiness(String... words) {
    await()
        .untilAsserted(
            () -> {
              String readiness = management.get("/observe/health/ready?data=true");
              for (String word : words) {
                assertTrue(readiness.contains(word), readiness);
              }
              assertFalse(readiness.contains("x4711"), readiness);
            });
  }

  private RunningTributary tributary(
      Path state, String brokers, RecordingApi api, Map<Setting, Object> settings)
      throws Exception {
    topics++;
    broker.createTopic("customers" + topics);
    broker.createTopic("products" + topics);
    RunningTributary.Builder builder =
        RunningTributary.with(state, brokers, api.url())
            .set(Setting.MANAGEMENT_PORT, management.port())
            .set(Setting.KAFKA_CUSTOMER_TOPIC, "customers" + topics)
            .set(Setting.KAFKA_INVENTORY_TOPIC, "products" + topics)
            .set(Setting.DEAD_LETTER_TOPIC, "letters" + topics)
            .set(Setting.KAFKA_GROUP_ID, "group" + topics);
    settings.forEach(builder::set);
    this.settings = builder;
    return builder.start();
  }

  private Map<Setting, Object> trusting(String name) throws Exception {
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.KAFKA_SSL_TRUSTSTORE_LOCATION, certificates.trusting(name));
    settings.put(Setting.KAFKA_SSL_TRUSTSTORE_PASSWORD, Certificates.PASSWORD);
    return settings;
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes());
  }
}
