package io.tributary;

import static io.tributary.support.Messages.json;
import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar, as an operator starts and stops it. */
class JarIT {
  private final String customers = Kafka.topic("customers", 2);
  private final String products = Kafka.topic("products", 2);

  @TempDir Path folder;

  private JarProcess.Builder tributary(String apiUrl) {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.ANALYTICS_API_BASE_URL, apiUrl)
        .set(Setting.MERGE_FLUSH_INTERVAL, 1);
  }

  private void send(String id) {
    Kafka.send(List.of(new ProducerRecord<>(customers, message(id, "{\"id\":\"" + id + "\"}"))));
  }

  @ParameterizedTest
  @CsvSource({
    "MERGE_FLUSH_INTERVAL, soon, a number of seconds",
    "MERGE_STATE_DIR, application.properties/state, the state folder"
  })
  void unusableSetting_stopsTheStartWithOneLine(Setting setting, String value, String allowed)
      throws Exception {
    assertStops(setting, value, allowed);
  }

  /** Each is refused by the same code, see SettingsTest. */
  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "MERGE_MAX_MESSAGES, 0, a whole number from 1",
    "ANALYTICS_API_BASE_URL, localhost:8081, an http://",
    "MANAGEMENT_PORT, 99999, a whole number from 1 to 65535",
    "KAFKA_BOOTSTRAP_SERVERS, nowhere, host:port",
    "LOG_FORMAT, xml, 'text, json'",
    "JOLOKIA_WRITE, on, write access needs a password",
    "CONTENT_DEDUPE, sometimes, 'latest, window, off'"
  })
  void anotherUnusableSetting_stopsTheStartWithOneLine(
      Setting setting, String value, String allowed) throws Exception {
    assertStops(setting, value, allowed);
  }

  private void assertStops(Setting setting, String value, String allowed) throws Exception {
    // When
    try (JarProcess process = tributary("http://127.0.0.1:1").set(setting, value).start()) {
      int status = process.awaitExit();

      // Then
      List<String> lines = process.output().lines().filter(line -> line.contains("ERROR")).toList();
      assertEquals(1, status);
      assertEquals(1, lines.size(), process.output());
      assertTrue(lines.get(0).contains(setting.name()), lines.get(0));
      assertTrue(lines.get(0).contains("'" + value + "'"), lines.get(0));
      assertTrue(lines.get(0).contains(allowed), lines.get(0));
    }
  }

  @Test
  void machineWithoutUnicode_losesNoLetterOfIt() throws Exception {
    // Given
    String letters = Kafka.topic("dead", 1);
    try (RecordingApi api = new RecordingApi();
        JarProcess process =
            tributary(api.url())
                .set(Setting.DEAD_LETTER_TOPIC, letters)
                .jvm("-Dfile.encoding=US-ASCII")
                .start()) {
      api.answering((attempt, number) -> new Answer(422, Map.of(), "zu groß"));

      // When
      send("ä");
      send("ä");

      // Then
      await().until(() -> Kafka.read(letters).size() == 1);
      Header detail = Kafka.read(letters).get(0).headers().lastHeader("tributary.detail");
      assertEquals("zu groß", new String(detail.value(), UTF_8));
      await().until(() -> process.output().contains("duplicate message: id=ä "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application.properties", "routes/*.camel.yaml"})
  void folderWithoutSettingsOrRoutes_stopsTheStartWithOneLine(String missing) throws Exception {
    // Given
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/routes")).getParent();
    if (missing.startsWith("routes")) {
      Files.createFile(elsewhere.resolve("application.properties"));
    }
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path jar = Path.of("target/tributary.jar").toAbsolutePath();

    // When
    try (JarProcess process =
        JarProcess.in(folder)
            .shell("env -C '%s' '%s' -jar '%s'".formatted(elsewhere, java, jar))
            .start()) {
      int status = process.awaitExit();

      // Then
      assertEquals(1, status);
      assertEquals(1, process.output().lines().count(), process.output());
      assertTrue(process.output().contains("no " + missing + " in '"), process.output());
      assertTrue(process.output().contains(elsewhere.toString()), process.output());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "beann:, 'routes/statistics.camel.yaml:12: Unknown node id: beann'",
    "'bean: {ref: nobody}', 'in the route ''statistics-report'': No bean'"
  })
  void unusableRoute_stopsTheStartWithOneLine(String step, String wrong) throws Exception {
    // Given
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String shipped = Files.readString(Path.of("routes/statistics.camel.yaml"));
    Files.writeString(
        routes.resolve("statistics.camel.yaml"), shipped.replaceFirst("bean:(?s:.*)", step));

    // When
    try (JarProcess process = tributary("http://127.0.0.1:1").start()) {
      int status = process.awaitExit();

      // Then
      List<String> lines = process.output().lines().filter(line -> !line.contains("INFO")).toList();
      assertEquals(1, status);
      assertEquals(1, lines.size(), process.output());
      assertTrue(lines.get(0).contains("Tributary cannot start: routes/statistics.camel.yaml"));
      assertTrue(lines.get(0).contains(wrong), lines.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5000", "none"})
  void logAsJson_hasOneObjectALine(String maxMessages) throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        JarProcess process =
            tributary(api.url())
                .set(Setting.LOG_FORMAT, "json")
                .set(Setting.MERGE_MAX_MESSAGES, maxMessages)
                .start()) {
      String last = maxMessages.equals("none") ? "MERGE_MAX_MESSAGES='none'" : "Stopped";

      // When
      if (last.equals("Stopped")) {
        send("C1");
        await().until(() -> process.output().contains("Batch delivered"));
        process.terminate();
      }
      process.awaitExit();

      // Then
      List<JsonNode> lines = process.output().lines().map(Messages::json).toList();
      JsonNode end = lines.get(lines.size() - 1);
      assertTrue(end.path("message").textValue().contains(last), process.output());
      for (JsonNode line : lines) {
        assertTrue(line.hasNonNull("@timestamp") && line.hasNonNull("log.level"), line.toString());
      }
      assertFalse(process.output().contains("Reading pauses"), process.output());
    }
  }

  @Test
  void managementPortInUse_stopsTheStartWithOneLine() throws Exception {
    // Given
    try (RecordingApi taken = new RecordingApi()) {
      int port = URI.create(taken.url()).getPort();

      // When
      try (JarProcess process = tributary(taken.url()).set(Setting.MANAGEMENT_PORT, port).start()) {
        int status = process.awaitExit();

        // Then
        List<String> errors =
            process.output().lines().filter(line -> line.contains("ERROR")).toList();
        assertEquals(1, status);
        assertEquals(1, errors.size(), process.output());
        assertTrue(errors.get(0).contains("MANAGEMENT_PORT='" + port + "'"), errors.get(0));
      }
    }
  }

  /** DamagedStateIT has a user of the folder that is no second process. */
  @Tag("long")
  @Test
  void stateFolderInUse_stopsTheSecondStart() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        JarProcess first = tributary(api.url()).start()) {
      send("C1");
      await().until(() -> api.applied().size() == 1);

      // When
      try (JarProcess second =
          tributary(api.url()).set(Setting.MANAGEMENT_PORT, Ports.free()).start()) {
        int status = second.awaitExit();

        // Then
        assertEquals(1, status);
        assertTrue(second.output().contains("MERGE_STATE_DIR='state'"), second.output());
        assertTrue(second.output().contains("in use by another process"), second.output());
        assertTrue(first.isAlive());
      }
    }
  }

  @Test
  void managementPort_answersOnLoopback() throws Exception {
    // Given
    Management management = new Management(Ports.free());
    try (RecordingApi api = new RecordingApi();
        JarProcess process =
            tributary(api.url()).set(Setting.MANAGEMENT_PORT, management.port()).start()) {
      send("C1");
      await().until(() -> api.applied().size() == 1);

      String merged = "tributary_events_total{outcome=\"merged\",topic=\"" + customers + "\"} 1.0";
      await().until(() -> management.get("/observe/metrics").contains(merged));
      await().until(() -> management.figure("tributary_pending_batches").orElse(-1) == 0);
      await().until(() -> management.get("/observe/health/ready").contains("\"status\":\"UP\""));

      // When
      String metrics = management.get("/observe/metrics");

      // Then
      for (String line :
          List.of(
              merged,
              "tributary_batches_total{outcome=\"delivered\"} 1.0",
              "tributary_records_total{section=\"customers\"} 1.0",
              "tributary_delivery_attempts_total{status=\"200\"} 1.0",
              "tributary_delivery_seconds_count 1",
              "tributary_open_batch_messages 0.0",
              "tributary_pending_batches 0.0",
              "tributary_dedupe_entries{cache=\"ids\"} 1.0",
              "tributary_unaccounted_events 0.0")) {
        assertTrue(metrics.contains(line), line + " is not in " + metrics);
      }
      assertTrue(management.get("/observe/health").contains("\"status\":\"UP\""));
      assertTrue(management.get("/observe/health/live").contains("\"status\":\"UP\""));
      assertTrue(management.get("/observe/health/ready").contains("\"status\":\"UP\""));
      assertTrue(management.get("/observe/jolokia/version").contains("\"status\":200"));
      assertTrue(
          management
              .get("/observe/jolokia/exec/java.lang:type=Memory/gc")
              .contains("\"status\":403"));
    }
  }

  @Test
  void thirdStream_isOneTemplatedRoute() throws Exception {
    // Given
    String orders = Kafka.topic("orders", 1);
    addOrders(orders);
    Kafka.send(List.of(new ProducerRecord<>(orders, message("m1", "{\"id\":\"O1\"}"))));

    // When
    try (RecordingApi api = new RecordingApi();
        JarProcess process = tributary(api.url()).start()) {
      await().until(() -> api.applied().size() == 1);

      // Then
      String body = api.attempts().get(0).body();
      assertEquals(List.of("{\"id\":\"O1\"}"), records(body, "orders"));
      assertEquals(1, json(body).at("/metadata/orderCount").asInt());
      assertEquals(List.of(), records(body, "customers"));
    }
  }

  @Test
  void thirdStreamOnATopicThatIsRead_stopsTheStartWithOneLine() throws Exception {
    // Given
    addOrders(customers);

    // When
    try (JarProcess process = tributary("http://127.0.0.1:1").start()) {
      int status = process.awaitExit();

      // Then
      List<String> lines = process.output().lines().filter(line -> !line.contains("INFO")).toList();
      assertEquals(1, status);
      assertEquals(1, lines.size(), process.output());
      assertTrue(
          lines
              .get(0)
              .contains(
                  "Tributary cannot start: the route 'order-intake' has the topic '"
                      + customers
                      + "' of the route 'customer-intake'; each stream must have"),
          lines.get(0));
    }
  }

  private void addOrders(String topic) throws IOException {
    String stream =
        """

        - templatedRoute:
            routeTemplateRef: stream-intake
            routeId: order-intake
            parameters:
              - {name: topic, value: %s}
              - {name: section, value: orders}
              - {name: countField, value: orderCount}
        """
            .formatted(topic);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String shipped = Files.readString(Path.of("routes/intake.camel.yaml"));
    Files.writeString(routes.resolve("intake.camel.yaml"), shipped + stream);
  }
}
