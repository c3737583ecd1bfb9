package io.tributary.schema;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.deadletter.DeadLetterFormat;
import io.tributary.demo.StubRegistry;
import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.AvroEvents;
import io.tributary.support.Kafka;
import io.tributary.support.LogLines;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records in a registry's wire format, from Kafka to the API. */
class RegistryPipelineTest {
  @RegisterExtension final Rig rig = new Rig(2, 1);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final String letters = rig.deadLetters();
  private final RecordingApi api = rig.api();
  private final StubRegistry registry = new StubRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void avroAndJsonOfOneTopic_reachTheApiInOneBatch() throws Exception {
    // Given the same customer from a JSON and from an Avro producer, and others of each kind
    registry.add(1, null, AvroEvents.SCHEMA, "");
    registry.add(2, "JSON", "{\"type\":\"object\"}", "");
    String spaced = "{ \"since\":\"2024-02-08\", \"id\":\"C1\", \"balance\":1.10 }";
    send(
        message("m1", spaced),
        AvroEvents.framed(1, "m2", "C1", 110),
        AvroEvents.framed(1, "m3", "C2", -5),
        StubRegistry.framed(2, message("m4", "{\"id\": \"C3\"}")),
        AvroEvents.framed(1, "m3", "C4", 1));

    // When
    try (RunningTributary running = tributary().start()) {
      await().until(() -> Kafka.lag(customers, customers) == 0);

      // Then
      assertEquals(1, api.applied().size());
      String body = api.applied().values().iterator().next();
      assertEquals(
          List.of(spaced, AvroEvents.json("C2", "-0.05"), "{\"id\": \"C3\"}"),
          records(body, "customers"));
      Ledger ledger = running.bean("ledger", Ledger.class);
      assertEquals(3, ledger.count(customers, Outcome.MERGED));
      assertEquals(1, ledger.count(customers, Outcome.DUPLICATE_CONTENT));
      assertEquals(1, ledger.count(customers, Outcome.DUPLICATE_ID));
      assertEquals(0, ledger.unaccounted());
      assertEquals(2, registry.asked().size());
    }
  }

  @Test
  void registryThatIsAway_losesNothingAndHoldsUpNoDelivery() throws Exception {
    // Given a batch that the API does not take yet
    registry.add(1, null, AvroEvents.SCHEMA, "");
    registry.answering(503, "");
    api.answering((attempt, number) -> Answer.status(503));
    send(message("m1", "{\"id\":\"C1\"}"));
    try (LogLines log = LogLines.of("org.apache.camel.component.kafka.consumer.support.streaming");
        RunningTributary running = tributary().start()) {
      Store store = running.bean("mergeStore", Store.class);
      await().until(() -> store.pendingCount() == 1);
      assertEquals(HealthCheck.State.UP, check(running).getState());

      // When
      send(AvroEvents.framed(1, "m2", "C1", 1), message("m3", "{\"id\":\"C1\"}"));
      await().until(() -> check(running).getState() == HealthCheck.State.DOWN);
      api.answering((attempt, number) -> Answer.status(200));

      // Then
      String why = check(running).getMessage().orElse("");
      assertTrue(why.endsWith(": The schema registry " + registry.url() + " answers 503"), why);
      await().until(() -> Kafka.lag(customers, customers) == 2);
      assertEquals(1, api.applied().size());
      await().until(() -> registry.asked().size() >= 3);
      assertEquals(HealthCheck.State.DOWN, check(running).getState());
      assertTrue(log.all().stream().noneMatch(line -> line.contains(registry.url())));
      assertEquals(0, store.pendingCount());

      // When
      registry.answering();

      // Then
      await().until(() -> Kafka.lag(customers, customers) == 0);
      assertEquals(HealthCheck.State.UP, check(running).getState());
      assertEquals(
          List.of("{\"id\":\"C1\"}", AvroEvents.json("C1", "0.01"), "{\"id\":\"C1\"}"),
          delivered());
      assertEquals(List.of(), Kafka.read(letters));
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  @Test
  void recordsThatCannotBeUsed_areDeadLettersThatTheReplayUnderstands() throws Exception {
    // Given
    registry.add(1, null, AvroEvents.SCHEMA, "");
    registry.add(2, "PROTOBUF", "syntax = \"proto3\";", "");
    registry.add(3, null, "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}", "");
    byte[] unknown = AvroEvents.framed(4, "m4", "C4", 1);
    List<byte[]> values =
        List.of(
            unknown,
            StubRegistry.framed(1, new byte[] {3}),
            StubRegistry.framed(2, new byte[0]),
            StubRegistry.framed(3, new byte[0]),
            StubRegistry.framed(5, new byte[0]),
            new byte[] {0, 0});
    send(values.toArray(byte[][]::new));
    send(AvroEvents.framed(1, "m1", "C1", 1));
    RunningTributary.Builder settings =
        tributary().set(Setting.SCHEMA_REGISTRY_PATIENCE, 3).set(Setting.MERGE_FLUSH_INTERVAL, 1);

    // When
    try (RunningTributary running = settings.start()) {
      await().until(() -> Kafka.lag(customers, customers) == 0);

      // Then
      List<ConsumerRecord<byte[], byte[]>> found = Kafka.read(letters);
      assertEquals(
          List.of(
              "unknown-schema 4 the schema registry does not know the value's schema, its id is 4",
              "not-avro 1 the value does not fit its schema, it has a number that cannot be, at byte 6",
              "not-avro 2 the value does not fit its schema, its schema 2 is of the type PROTOBUF, which is not read",
              "no-message-id 3 messageId is missing",
              "unknown-schema 5 the schema registry does not know the value's schema, its id is 5",
              "not-avro null the value does not fit its schema, it ends before the id of its schema does"),
          found.stream().map(RegistryPipelineTest::words).toList());
      for (int i = 0; i < values.size(); i++) {
        assertArrayEquals(values.get(i), found.get(i).value());
      }
      assertEquals(List.of(AvroEvents.json("C1", "0.01")), delivered());
      List<String> missing = List.of("/schemas/ids/4", "/schemas/ids/5");
      assertEquals(
          missing,
          registry.asked().stream().filter(missing::contains).limit(2).toList(),
          "both are waited for at the same time");

      // When
      String still = settings.command("replay", "--reason", "unknown-schema").output();

      // Then
      assertTrue(still.contains("found=2, to replay=0, replayed=0"), still);
      assertTrue(still.contains("still so: the schema registry does not know the value's"), still);

      // When the schema has come
      registry.add(4, null, AvroEvents.SCHEMA, "");
      String done = settings.command("replay", "--reason", "unknown-schema").output();
      String other = settings.command("replay", "--reason", "not-avro").output();

      // Then
      assertTrue(done.contains("replayed=1, already replayed=0, unusable=1"), done);
      assertTrue(other.contains("found=3, to replay=0, replayed=0"), other);
      assertTrue(other.contains("unusable=3"), other);
      // Whoever reads it may not have asked again yet: then it is one more dead letter.
      await()
          .until(
              () -> {
                settings.command("replay", "--reason", "unknown-schema");
                return delivered().contains(AvroEvents.json("C4", "0.01"));
              });

      // When the registry is away, and nobody knows
      registry.answering(503, "");
      String failed = settings.command("replay", "--reason", "not-avro").output();
      String none = settings.command("replay", "--reason", "not-json").output();

      // Then
      assertTrue(failed.contains("FAILED"), failed);
      assertTrue(failed.contains("The schema registry " + registry.url() + " answers 503"), failed);
      assertTrue(none.contains("DONE: found=0"), none);
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  @Test
  void withoutARegistry_theDeadLetterSaysWhatIsMissing() throws Exception {
    // Given
    send(AvroEvents.framed(1, "m1", "C1", 1));

    // When
    try (RunningTributary running = tributary().set(Setting.SCHEMA_REGISTRY_URL, "none").start()) {
      await().until(() -> Kafka.lag(customers, customers) == 0);

      // Then
      assertEquals(
          List.of(
              "not-utf8 null the value is not UTF-8, it begins as in a schema registry's format,"
                  + " and SCHEMA_REGISTRY_URL is not set"),
          Kafka.read(letters).stream().map(RegistryPipelineTest::words).toList());
      assertNull(running.bean("schemaRegistryHealth", HealthCheck.class));
    }
  }

  @Test
  void recordsThatGrow_makeNoBatchTooLarge() throws Exception {
    // Given a byte of Avro that is 500 bytes of JSON
    String symbol = "A".repeat(500);
    registry.add(
        1,
        null,
        """
        {"type":"record","name":"R","fields":[
          {"name":"key","type":"string"},
          {"name":"entries","type":{"type":"array","items":
            {"type":"enum","name":"E","symbols":["%s"]}}}]}
        """
            .formatted(symbol),
        "");
    int messages = 300;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      byte[] value = StubRegistry.framed(1, body("m" + i));
      records.add(new ProducerRecord<>(customers, i % 2, null, value));
    }
    Kafka.send(records);
    RunningTributary.Builder settings =
        tributary()
            .set(Setting.AVRO_MESSAGE_ID_FIELD, "key")
            .set(Setting.AVRO_PAYLOAD_FIELD, "entries")
            .set(Setting.CONTENT_DEDUPE, "off")
            .set(Setting.MERGE_MAX_BYTES, 20_000);

    // When
    try (RunningTributary running = settings.start()) {
      await().until(() -> Kafka.lag(customers, customers) == 0);

      // Then
      int found = 0;
      for (String body : api.applied().values()) {
        assertTrue(body.length() <= 20_000, body.length() + " bytes");
        found += body.split(symbol, -1).length - 1;
      }
      assertEquals(messages, found);
      Ledger ledger = running.bean("ledger", Ledger.class);
      assertEquals(messages, ledger.count(customers, Outcome.MERGED));
      assertEquals(0, ledger.count(customers, Outcome.DUPLICATE_ID));
      assertEquals(0, ledger.unaccounted());
    }
  }

  @Test
  void stopWhileTheRegistryHangs_isInTimeAndLosesNothing() throws Exception {
    // Given
    registry.add(1, null, AvroEvents.SCHEMA, "");
    registry.answering(0, "");
    send(AvroEvents.framed(1, "m1", "C1", 1));
    RunningTributary running = tributary().set(Setting.SCHEMA_REGISTRY_TIMEOUT, 60).start();
    await().until(() -> !registry.asked().isEmpty());

    // When
    assertTimeout(Duration.ofSeconds(10), running::close);

    // Then
    assertEquals(1, Kafka.lag(customers, customers));

    // When
    registry.answering();
    try (RunningTributary again = tributary().start()) {
      // Then
      await().until(() -> Kafka.lag(customers, customers) == 0);
      assertEquals(List.of(AvroEvents.json("C1", "0.01")), delivered());
      assertEquals(0, again.bean("ledger", Ledger.class).unaccounted());
    }
  }

  private static byte[] body(String messageId) {
    byte[] id = messageId.getBytes(UTF_8);
    byte[] body = new byte[1 + id.length + 3];
    body[0] = (byte) (2 * id.length);
    System.arraycopy(id, 0, body, 1, id.length);
    body[1 + id.length] = 2;
    return body;
  }

  private RunningTributary.Builder tributary() {
    return rig.tributary().set(Setting.SCHEMA_REGISTRY_URL, registry.url());
  }

  private void send(byte[]... values) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (byte[] value : values) {
      records.add(new ProducerRecord<>(customers, 1, null, value));
    }
    Kafka.send(records);
  }

  private List<String> delivered() {
    return api.applied().values().stream()
        .flatMap(body -> records(body, "customers").stream())
        .toList();
  }

  private static String words(ConsumerRecord<byte[], byte[]> letter) {
    return header(letter, DeadLetterFormat.REASON)
        + " "
        + header(letter, DeadLetterFormat.SCHEMA_ID)
        + " "
        + header(letter, DeadLetterFormat.DETAIL);
  }

  private static @Nullable String header(ConsumerRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  private static HealthCheck.Result check(RunningTributary running) throws IOException {
    return HealthCheckHelper.invokeReadiness(running.context(), "full").stream()
        .filter(result -> result.getCheck().getId().equals("schema-registry"))
        .findFirst()
        .orElseThrow();
  }
}
