package io.tributary;

import static io.tributary.support.Messages.json;
import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The shipped routes against a real broker and a real HTTP server. */
class PipelineTest {
  @RegisterExtension final Rig rig = new Rig(3, 2);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final String deadLetters = rig.deadLetters();
  private final RecordingApi api = rig.api();

  @Test
  void batch_holdsRecordsOfBothTopicsAsTheyArrived() throws Exception {
    // Given
    String customer = "{ \"id\": \"C1\",  \"balance\": 1.10, \"name\":\"J\\u00f6rg\" }";
    String product = "{\"id\":\"P1\",\"stock\":1e2,\"unknown\":[1,{\"a\":null}]}";
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, message("m1", customer)),
            new ProducerRecord<>(products, message("m2", product))));

    // When
    rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, 5).start();
    await().until(() -> api.applied().size() == 1);

    // Then
    RecordingApi.Attempt attempt = api.attempts().get(0);
    JsonNode batch = json(attempt.body());
    assertEquals("/api/analytics/data", attempt.path());
    assertEquals('"' + batch.get("eventId").asText() + '"', attempt.key());
    assertEquals(List.of(customer), records(attempt.body(), "customers"));
    assertEquals(List.of(product), records(attempt.body(), "products"));
    assertEquals(
        json(
            "{\"source\":\"tributary\",\"version\":\"1.0.0\","
                + "\"customerCount\":1,\"productCount\":1}"),
        batch.get("metadata"));
    assertEquals(
        Set.of(
            "Connection",
            "Content-length",
            "Content-type",
            "Host",
            "Idempotency-key",
            "User-agent"),
        attempt.headers().keySet());
    assertEquals(List.of("application/json"), attempt.headers().get("Content-type"));
    rig.awaitAllCommitted();
  }

  @Test
  void records_areReadHoweverTheProducerCompressesThem() throws Exception {
    // Given
    for (CompressionType codec : CompressionType.values()) {
      try (var producer = Kafka.producer(codec)) {
        byte[] message = message("m-" + codec, "{\"id\":\"" + codec + "\"}");
        producer.send(new ProducerRecord<>(customers, message)).get();
      }
    }

    // When
    RunningTributary running = rig.start();
    rig.awaitAllCommitted();
    running.awaitAllDelivered();

    // Then
    Set<String> read =
        api.applied().values().stream()
            .flatMap(body -> json(body).get("customers").findValuesAsText("id").stream())
            .collect(Collectors.toSet());
    assertEquals(
        Stream.of(CompressionType.values()).map(String::valueOf).collect(Collectors.toSet()), read);
  }

  @Test
  void batch_ofOneTopicHasTheOtherSectionEmpty() throws Exception {
    // Given
    Kafka.send(List.of(new ProducerRecord<>(products, message("m1", "{\"id\":\"P1\"}"))));

    // When
    rig.start();
    await().until(() -> api.applied().size() == 1);

    // Then
    JsonNode batch = json(api.attempts().get(0).body());
    assertEquals(json("[]"), batch.get("customers"));
    assertEquals(0, batch.at("/metadata/customerCount").asInt());
    assertEquals(1, batch.at("/metadata/productCount").asInt());
  }

  @Test
  void thousandsOfMessages_reachTheApiOnceEach() throws Exception {
    // Given
    MessyStream customerStream = new MessyStream(customers, "C", 3000, 1L);
    MessyStream productStream = new MessyStream(products, "P", 3000, 2L);
    Kafka.send(customerStream.sent());
    Kafka.send(productStream.sent());

    RunningTributary running =
        rig.tributary()
            .set(Setting.MERGE_MAX_MESSAGES, 700)
            .set(Setting.MERGE_MAX_BYTES, 200_000)
            .start();

    // When
    rig.awaitAllCommitted();
    running.awaitAllDelivered();

    // Then
    assertEquals(customerStream.expected(), delivered("customers"));
    assertEquals(productStream.expected(), delivered("products"));
    for (String body : api.applied().values()) {
      assertTrue(body.length() <= 200_000, "a batch of " + body.length() + " bytes");
      assertEquals(
          records(body, "customers").size(), json(body).at("/metadata/customerCount").asInt());
    }
    Ledger ledger = running.ledger();
    assertEquals(customerStream.outcomes(), outcomes(ledger, customers));
    assertEquals(productStream.outcomes(), outcomes(ledger, products));
    assertEquals(
        customerStream.outcomes().get("dead_letter") + productStream.outcomes().get("dead_letter"),
        Kafka.read(deadLetters).size());
  }

  @Test
  void malformedRecord_becomesADeadLetterAndTheStreamGoesOn() throws Exception {
    // Given
    byte[] broken = "{\"messageId\":".getBytes(UTF_8);
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, 1, "key".getBytes(UTF_8), broken),
            new ProducerRecord<>(customers, 1, null, null),
            new ProducerRecord<>(customers, 1, null, message("m1", "{\"id\":\"C1\"}"))));

    // When
    try (RunningTributary running = rig.start()) {
      await().until(() -> api.applied().size() == 1);
      await().until(() -> Kafka.read(deadLetters).size() == 2);
      rig.awaitAllCommitted();
    }

    // Then
    List<ConsumerRecord<byte[], byte[]>> letters = Kafka.read(deadLetters);
    assertEquals(2, letters.size());
    assertArrayEquals(broken, letters.get(0).value());
    assertArrayEquals("key".getBytes(UTF_8), letters.get(0).key());
    assertEquals("not-json", header(letters.get(0), "tributary.reason"));
    assertEquals(customers, header(letters.get(0), "tributary.source.topic"));
    assertEquals("1", header(letters.get(0), "tributary.source.partition"));
    assertEquals("0", header(letters.get(0), "tributary.source.offset"));
    assertEquals(null, letters.get(1).value());
    assertEquals("tombstone", header(letters.get(1), "tributary.reason"));
  }

  @Test
  void groupOfAnyName_isTheOneThatCommits() throws Exception {
    // Given
    String group = customers + " a+b&c=d/e?f%20g:h";
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}"))));

    // When
    rig.tributary().set(Setting.KAFKA_GROUP_ID, group).start();
    await().until(() -> api.applied().size() == 1);

    // Then
    await().until(() -> Kafka.lag(group, customers) == 0);
  }

  @Test
  void blanksAroundSettings_areNotForTheRoutesEither() throws Exception {
    // Given
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, "not JSON".getBytes(UTF_8))));

    // When
    rig.tributary()
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers + " ")
        .set(Setting.KAFKA_CUSTOMER_CONSUMERS, "1\r")
        .set(Setting.KAFKA_GROUP_ID, " " + customers)
        .set(Setting.DEAD_LETTER_TOPIC, deadLetters + "\t")
        .start();
    await().until(() -> api.applied().size() == 1);

    // Then
    rig.awaitAllCommitted();
    assertEquals(1, Kafka.read(deadLetters).size());
  }

  @Test
  void pollWhoseDeadLetterIsNotTaken_isReadAgainAndDoublesNothing() throws Exception {
    // Given a dead-letter topic that takes nothing
    String small = Kafka.topic("small", 1, Map.of("max.message.bytes", "100"));
    byte[] malformed = randomBytes(1000);
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, 0, null, message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, 0, null, malformed),
            new ProducerRecord<>(customers, 0, null, message("m2", "{\"id\":\"C2\"}"))));

    RunningTributary running = rig.tributary().set(Setting.DEAD_LETTER_TOPIC, small).start();
    HealthCheck letters = running.bean("deadLetterTopicHealth", HealthCheck.class);
    await().until(() -> letters.call().getState() == HealthCheck.State.DOWN);
    assertEquals(3, Kafka.lag(customers, customers));
    assertEquals(Map.of(), api.applied());

    // When
    Kafka.change(small, Map.of("max.message.bytes", "10000"));
    rig.awaitAllCommitted();
    running.awaitAllDelivered();

    // Then
    assertEquals(List.of("{\"id\":\"C1\"}", "{\"id\":\"C2\"}"), delivered("customers"));
    assertArrayEquals(malformed, Kafka.read(small).get(0).value());
  }

  @Test
  void producersHeaders_steerNothing() throws Exception {
    // Given
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(customers, 0, null, message("m1", "{\"id\":\"C1\"}"));
    for (String name :
        List.of("kafka.OVERRIDE_TOPIC", "kafka.OFFSET", "kafka.PARTITION", "CamelHttpUri", "X-A")) {
      record.headers().add(name, "7".getBytes(UTF_8));
    }
    Kafka.send(List.of(record));

    // When
    rig.start();
    await().until(() -> api.applied().size() == 1);

    // Then
    assertEquals("/api/analytics/data", api.attempts().get(0).path());
    assertTrue(api.attempts().get(0).headers().keySet().stream().noneMatch("X-a"::equals));
    rig.awaitAllCommitted();
  }

  @Test
  void stopInMidBatch_deliversTheRestAfterTheRestart() throws Exception {
    // Given a batch that the API does not take, and one that is open
    api.answering((attempt, number) -> Answer.status(503));
    try (RunningTributary running = rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, 3).start()) {
      Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}"))));
      await().until(() -> !api.attempts().isEmpty());
      Kafka.send(List.of(new ProducerRecord<>(products, message("m2", "{\"id\":\"P1\"}"))));
      Store store = running.store();
      await().until(() -> store.open() != null || store.pendingCount() == 2);
    }
    String firstKey = api.attempts().get(0).key();
    String firstBody = api.attempts().get(0).body();
    api.answering((attempt, number) -> Answer.status(200));

    // When
    try (RunningTributary running = rig.start()) {
      running.awaitAllDelivered();
    }

    // Then
    List<Map.Entry<String, String>> applied = List.copyOf(api.applied().entrySet());
    assertEquals(2, applied.size());
    assertEquals(Map.entry(firstKey, firstBody), applied.get(0));
    assertEquals(List.of("{\"id\":\"P1\"}"), records(applied.get(1).getValue(), "products"));
  }

  @Test
  void partitionsAddedWhileItIsStopped_areReadAfterTheRestart() throws Exception {
    // Given
    Kafka.send(List.of(new ProducerRecord<>(products, 0, null, message("m1", "{\"id\":\"P1\"}"))));
    try (RunningTributary running = rig.start()) {
      await().until(() -> api.applied().size() == 1);
    }

    // When
    Kafka.grow(products, 4);
    Kafka.send(List.of(new ProducerRecord<>(products, 3, null, message("m2", "{\"id\":\"P2\"}"))));
    try (RunningTributary running = rig.start()) {
      await().until(() -> api.applied().size() == 2);
    }

    // Then
    assertEquals(List.of("{\"id\":\"P1\"}", "{\"id\":\"P2\"}"), delivered("products"));
  }

  @Test
  void keys_areRememberedOverARestart() throws Exception {
    // Given
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\",\"v\":1}"))));
    try (RunningTributary running = rig.start()) {
      await().until(() -> api.applied().size() == 1);
    }

    // When
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\",\"v\":2}")),
            new ProducerRecord<>(customers, message("m2", "{\"v\":1, \"id\":\"C1\"}")),
            new ProducerRecord<>(customers, message("m3", "{\"id\":\"C1\",\"v\":3}"))));
    try (RunningTributary running = rig.start()) {
      rig.awaitAllCommitted();
      running.awaitAllDelivered();
    }

    // Then
    assertEquals(
        List.of("{\"id\":\"C1\",\"v\":1}", "{\"id\":\"C1\",\"v\":3}"), delivered("customers"));
  }

  /** Bytes that do not compress. */
  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(3).nextBytes(bytes);
    return bytes;
  }

  private List<String> delivered(String section) {
    return api.applied().values().stream()
        .flatMap(body -> records(body, section).stream())
        .sorted()
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static Map<String, Long> outcomes(Ledger ledger, String topic) {
    return Stream.of(Outcome.values())
        .collect(Collectors.toMap(Outcome::label, outcome -> ledger.count(topic, outcome)));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
