package io.tributary;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.demo.StubRegistry;
import io.tributary.settings.Setting;
import io.tributary.support.AvroEvents;
import io.tributary.support.Certificates;
import io.tributary.support.ForwardProxy;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.SecuredBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Looks for secrets in all that the packaged jar shows, with every logger at its finest. */
class SecretsIT {
  private static final List<String> PAGES =
      List.of(
          "/",
          "/observe/status",
          "/observe/metrics",
          "/observe/health?data=true",
          "/observe/jolokia/list",
          "/observe/jolokia/read/*:*?ignoreErrors=true");
  private static final String EVERYTHING =
      """
      <Configuration>
        <Appenders><Console name="console"><PatternLayout pattern="%p %c %m%n%throwable"/></Console></Appenders>
        <Loggers><Root level="TRACE"><AppenderRef ref="console"/></Root></Loggers>
      </Configuration>
      """;

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final Path folder = rig.folder();

  private Certificates certificates;

  @BeforeEach
  void make() {
    certificates = new Certificates(folder);
  }

  @Test
  void passwordsAndTokens_areNowhere() throws Exception {
    // Given
    String password = "secret-of-4711";
    try (SecuredBroker broker = SecuredBroker.start(certificates, "reader", password);
        ForwardProxy proxy = new ForwardProxy("ada:proxy-of-4711");
        RecordingApi tokens = RecordingApi.overTls(certificates.serverForClient());
        RecordingApi api = RecordingApi.overTls(certificates.serverForClient())) {
      tokens.answering(
          (attempt, number) ->
              number == 2
                  ? new Answer(400, Map.of(), "{\"error\":\"token-of-4711\"}")
                  : new Answer(
                      200,
                      Map.of(),
                      "{\"access_token\":\"token-of-4711\",\"token_type\":\"Bearer\"}"));
      broker.createTopic(customers);
      broker.createTopic("products");
      JarProcess.Builder settings =
          tributary()
              .set(Setting.ANALYTICS_API_BASE_URL, api.url())
              .set(Setting.ANALYTICS_API_HEADERS, "X-Api-Key: header-of-4711")
              .set(
                  Setting.ANALYTICS_API_PROXY, "http://ada:proxy-of-4711@127.0.0.1:" + proxy.port())
              .set(Setting.ANALYTICS_API_AUTH, "oauth2")
              .set(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url())
              .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary")
              .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, password)
              .set(Setting.ANALYTICS_API_KEYSTORE, certificates.key("client"))
              .set(Setting.ANALYTICS_API_KEYSTORE_PASSWORD, Certificates.PASSWORD)
              .set(Setting.ANALYTICS_API_TRUSTSTORE, certificates.trusting("server"))
              .set(Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD, Certificates.PASSWORD)
              .set(Setting.KAFKA_BOOTSTRAP_SERVERS, broker.saslOverTls())
              .set(Setting.KAFKA_INVENTORY_TOPIC, "products")
              .set(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_SSL")
              .set(Setting.KAFKA_SASL_MECHANISM, "PLAIN")
              .set(Setting.KAFKA_SASL_USERNAME, "reader")
              .set(Setting.KAFKA_SASL_PASSWORD, password)
              .set(Setting.KAFKA_SSL_TRUSTSTORE_LOCATION, certificates.trusting("server"))
              .set(Setting.KAFKA_SSL_TRUSTSTORE_PASSWORD, Certificates.PASSWORD)
              .set(Setting.KAFKA_SSL_KEYSTORE_LOCATION, certificates.key("client"))
              .set(Setting.KAFKA_SSL_KEYSTORE_PASSWORD, Certificates.PASSWORD);

      // When
      String shown = shownBy(settings, api, record -> broker.send(record.topic(), record.value()));
      broker.send(rig.deadLetters(), new byte[0]);
      try (JarProcess replay = settings.argument("replay").argument("--all").start()) {
        assertEquals(0, replay.awaitExit(), replay.output());
        shown += replay.output();
      }

      // Then
      assertNone(
          shown,
          "-of-4711",
          Certificates.PASSWORD,
          base64("tributary:" + password),
          base64("ada:proxy-of-4711"),
          base64("token-of-4711"),
          base64("\0reader\0" + password));
      assertEquals("header-of-4711", api.attempts().get(0).header("X-api-key"));
    }
  }

  @Tag("long")
  @Test
  void passwordOfBasic_isNowhere() throws Exception {
    // Given
    JarProcess.Builder settings =
        tributary()
            .set(Setting.ANALYTICS_API_AUTH, "basic")
            .set(Setting.ANALYTICS_API_USERNAME, "ada")
            .set(Setting.ANALYTICS_API_PASSWORD, "secret-of-4711?&{x}#");

    // When
    String shown = shownBy(settings);

    // Then
    assertNone(shown, "-of-4711", base64("ada:secret-of-4711?&{x}#"));
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      value = Setting.class,
      names = {"ANALYTICS_API_TOKEN", "ANALYTICS_API_TOKEN_FILE"})
  void bearerToken_isNowhere(Setting setting) throws Exception {
    // Given
    String token = "token-of-4711";
    Path file = Files.writeString(folder.resolve("token"), token + "\n");
    JarProcess.Builder settings =
        tributary()
            .set(Setting.ANALYTICS_API_AUTH, "bearer")
            .set(setting, setting == Setting.ANALYTICS_API_TOKEN ? token : file);

    // When
    String shown = shownBy(settings);

    // Then
    assertEquals("Bearer " + token, api.attempts().get(0).header("Authorization"));
    assertNone(shown, "-of-4711", base64(token));
  }

  @Tag("long")
  @Test
  void secretOfATokenForKafka_isNowhereNorIsTheToken() throws Exception {
    // Given
    String claims = "{\"sub\":\"reader\",\"iat\":1,\"exp\":%d}";
    long end = System.currentTimeMillis() / 1000 + 3600;
    String token =
        base64Url("{\"alg\":\"none\"}") + "." + base64Url(claims.formatted(end)) + ".x4711";
    try (SecuredBroker broker = SecuredBroker.start(certificates, "reader", "unused");
        RecordingApi tokens = new RecordingApi()) {
      tokens.answering(
          (attempt, number) -> new Answer(200, Map.of(), "{\"access_token\":\"" + token + "\"}"));
      broker.createTopic(customers);
      broker.createTopic("products");
      JarProcess.Builder settings =
          tributary()
              .set(Setting.KAFKA_BOOTSTRAP_SERVERS, broker.oauth())
              .set(Setting.KAFKA_INVENTORY_TOPIC, "products")
              .set(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT")
              .set(Setting.KAFKA_SASL_MECHANISM, "OAUTHBEARER")
              .set(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL, tokens.url())
              .set(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID, "tributary")
              .set(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET, "secret-of-4711");

      // When
      String shown = shownBy(settings, api, record -> broker.send(record.topic(), record.value()));

      // Then
      assertNone(shown, "-of-4711", ".x4711", base64("tributary:secret-of-4711"));
    }
  }

  @Test
  void passwordForTheSchemaRegistry_isNowhere() throws Exception {
    // Given a registry whose certificate the JVM was told to trust
    try (StubRegistry registry = new StubRegistry(0, certificates.server("server"))) {
      registry.add(1, null, AvroEvents.SCHEMA, "");
      JarProcess.Builder settings =
          tributary()
              .set(Setting.SCHEMA_REGISTRY_URL, registry.url())
              .set(Setting.SCHEMA_REGISTRY_USERNAME, "ada")
              .set(Setting.SCHEMA_REGISTRY_PASSWORD, "secret-of-4711")
              .jvm("-Djavax.net.ssl.trustStore=" + certificates.trusting("server"))
              .jvm("-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD);

      // When
      byte[] avro = AvroEvents.framed(1, "m1", "C1", 1);
      String shown =
          shownBy(
              settings,
              api,
              record -> Kafka.send(List.of(new ProducerRecord<>(record.topic(), avro))));

      // Then
      String basic = base64("ada:secret-of-4711");
      assertEquals(List.of("/schemas/ids/1 Basic " + basic), registry.asked());
      assertNone(shown, "-of-4711", basic);
    }
  }

  /** What the process prints and answers while the API refuses it, and after that takes a batch. */
  private String shownBy(JarProcess.Builder settings) throws Exception {
    return shownBy(settings, api, record -> Kafka.send(List.of(record)));
  }

  private String shownBy(
      JarProcess.Builder settings,
      RecordingApi api,
      Consumer<ProducerRecord<byte[], byte[]>> producer)
      throws Exception {
    StringBuilder shown = new StringBuilder();
    api.answering((attempt, number) -> Answer.status(401));
    try (JarProcess process = settings.start()) {
      producer.accept(new ProducerRecord<>(customers, message("C1", "{\"id\":\"C1\"}")));
      await()
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> management.get("/observe/status").contains("REFUSING"));
      pages(shown);
      api.answering((attempt, number) -> Answer.status(200));
      // Only then, since the log is of megabytes
      await().until(() -> !api.applied().isEmpty());
      await().until(() -> process.output().contains("Batch delivered"));
      pages(shown);
      process.terminate();
      process.awaitExit();
      shown.append(process.output());
    }
    assertTrue(shown.toString().contains("TRACE"), "the log is at its finest");
    return shown.toString();
  }

  private void pages(StringBuilder shown) throws Exception {
    for (String path : PAGES) {
      String page = management.get(path);
      assertTrue(page.length() > 100, path + ": " + page);
      shown.append(page);
    }
  }

  private JarProcess.Builder tributary() throws Exception {
    return rig.jar()
        .jvm("-Dlog4j2.configurationFile=" + Files.writeString(folder.resolve("l.xml"), EVERYTHING))
        .set(Setting.LOG_LEVEL, "TRACE");
  }

  private static void assertNone(String shown, String... secrets) {
    List<String> lines = new ArrayList<>();
    for (String secret : secrets) {
      shown.lines().filter(line -> line.contains(secret)).limit(5).forEach(lines::add);
    }
    assertEquals(List.of(), lines);
  }

  private static String base64Url(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
