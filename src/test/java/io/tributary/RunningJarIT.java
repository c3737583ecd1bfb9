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
import io.tributary.support.OrderStream;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One run of the packaged jar, with a third stream and a log in JSON, on a machine whose language
 * is English only: a batch of orders is taken, and one of customers is refused.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RunningJarIT {
  @RegisterExtension final Rig rig = new Rig();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private JarProcess process;

  @BeforeAll
  void run() throws Exception {
    String orders = Kafka.topic("orders", 1);
    Path routes = Files.createDirectory(rig.folder().resolve("routes"));
    String shipped = Files.readString(Path.of("routes/intake.camel.yaml"));
    Files.writeString(routes.resolve("intake.camel.yaml"), shipped + OrderStream.of(orders));
    process = rig.jar().set(Setting.LOG_FORMAT, "json").jvm("-Dfile.encoding=US-ASCII").start();
    Kafka.send(List.of(new ProducerRecord<>(orders, message("m1", "{\"id\":\"O1\"}"))));
    await().until(() -> process.output().contains("Batch delivered"));
    api.answering((attempt, number) -> new Answer(422, Map.of(), "zu groß"));
    rig.send("ä", "ä");
    await().until(() -> Kafka.read(rig.deadLetters()).size() == 1);
    rig.awaitAllCommitted();
    await().until(() -> management.get("/observe/health/ready").contains("\"status\":\"UP\""));
  }

  @Test
  void thirdStream_isOneTemplatedRoute() {
    // When
    String body = List.copyOf(api.applied().values()).get(0);

    // Then
    assertEquals(List.of("{\"id\":\"O1\"}"), records(body, "orders"));
    assertEquals(1, json(body).at("/metadata/orderCount").asInt());
    assertEquals(List.of(), records(body, "customers"));
  }

  @Test
  void machineWithoutUnicode_losesNoLetterOfIt() {
    // When
    Header detail = Kafka.read(rig.deadLetters()).get(0).headers().lastHeader("tributary.detail");

    // Then
    assertEquals("zu groß", new String(detail.value(), UTF_8));
    assertTrue(process.output().contains("duplicate message: id=ä "), process.output());
  }

  @Test
  void managementPort_answersOnLoopback() throws Exception {
    // When
    String metrics = management.get("/observe/metrics");

    // Then
    for (String line :
        List.of(
            "tributary_events_total{outcome=\"merged\",topic=\"" + rig.customers() + "\"} 1.0",
            "tributary_batches_total{outcome=\"delivered\"} 1.0",
            "tributary_batches_total{outcome=\"dead_letter\"} 1.0",
            "tributary_records_total{section=\"orders\"} 1.0",
            "tributary_delivery_attempts_total{status=\"200\"} 1.0",
            "tributary_delivery_seconds_count 2",
            "tributary_open_batch_messages 0.0",
            "tributary_pending_batches 0.0",
            "tributary_dedupe_entries{cache=\"ids\"} 2.0",
            "tributary_unaccounted_events 0.0")) {
      assertTrue(metrics.contains(line), line + " is not in " + metrics);
    }
    assertTrue(management.get("/observe/health").contains("\"status\":\"UP\""));
    assertTrue(management.get("/observe/health/live").contains("\"status\":\"UP\""));
    assertTrue(management.get("/observe/jolokia/version").contains("\"status\":200"));
    assertTrue(
        management
            .get("/observe/jolokia/exec/java.lang:type=Memory/gc")
            .contains("\"status\":403"));
  }

  /** Until its end. */
  @Test
  @Order(Integer.MAX_VALUE)
  void logAsJson_hasOneObjectALine() throws Exception {
    // When
    process.terminate();
    process.awaitExit();

    // Then
    List<JsonNode> lines = process.output().lines().map(Messages::json).toList();
    for (JsonNode line : lines) {
      assertTrue(line.hasNonNull("@timestamp") && line.hasNonNull("log.level"), line.toString());
    }
    JsonNode last = lines.get(lines.size() - 1);
    assertTrue(last.path("message").textValue().contains("Stopped"), process.output());
    assertFalse(process.output().contains("Reading pauses"), process.output());
  }
}
