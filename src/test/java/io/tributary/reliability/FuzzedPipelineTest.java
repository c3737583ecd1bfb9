package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.reliability.IndependentReading.Reading;
import io.tributary.reliability.StrictJson.Value;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Fuzzed records through the shipped routes: each is at the API byte for byte, or a dead letter, or
 * a duplicate, as a second reading of the contract says. Both topics have one partition, and take
 * turns, so that the order of all records is known.
 */
@Tag("reliability")
class FuzzedPipelineTest {
  private static final long SEED = Long.getLong("chaos.seed", 20240208);
  private static final int TURNS = 4;
  private static final int MORE_THAN_ENOUGH_KEYS = 10_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final String deadLetters = rig.deadLetters();
  private final RecordingApi api = rig.api();

  private final FuzzedRecords records = new FuzzedRecords(SEED);
  private final IndependentReading reading = new IndependentReading();
  private final Map<String, List<String>> expectedEntries = new HashMap<>();
  private final Map<String, Long> expectedOutcomes = new HashMap<>();
  private final List<ProducerRecord<byte[], byte[]>> expectedDeadLetters = new ArrayList<>();
  private final List<String> expectedOrigins = new ArrayList<>();
  private final Map<String, Integer> offsets = new HashMap<>();

  @Test
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void thousandsOfFuzzedRecords_arriveUnchangedOrAreDeadLetters() throws Exception {
    assertAllArrive(3_000);
  }

  @Test
  @Tag("long")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void hundredThousandFuzzedRecords_arriveUnchangedOrAreDeadLetters() throws Exception {
    assertAllArrive(100_000);
  }

  private void assertAllArrive(int count) throws Exception {
    // Given
    try (RunningTributary running = start()) {
      // When
      for (int turn = 0; turn < TURNS; turn++) {
        String topic = turn % 2 == 0 ? customers : products;
        send(topic, count / TURNS);
        await().atMost(PATIENCE).until(() -> Kafka.lag(customers, topic) == 0);
      }
      Store store = running.store();
      await().atMost(PATIENCE).until(() -> store.open() == null && store.pendingCount() == 0);

      // Then
      assertOutcomes(running.ledger());
      assertNothingFailed(running.bean("metricsRegistry", MeterRegistry.class));
      assertDelivered();
    }
    assertDeadLetters();
  }

  private RunningTributary start() throws Exception {
    return rig.tributary()
        .set(Setting.IDEMPOTENCY_CACHE_SIZE, MORE_THAN_ENOUGH_KEYS)
        .set(Setting.MERGE_MAX_MESSAGES, 700)
        .set(Setting.MERGE_MAX_BYTES, 2_000_000)
        .set(Setting.LOG_LEVEL, "ERROR")
        .start();
  }

  private void send(String topic, int count) {
    List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] value = records.next();
      byte[] key = i % 3 == 0 ? null : ("key-" + i % 7).getBytes(UTF_8);
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
      sent.add(record);
      expect(record, reading.read(topic, value));
    }
    Kafka.send(sent);
  }

  private void expect(ProducerRecord<byte[], byte[]> record, Reading expected) {
    String topic = record.topic();
    int offset = offsets.merge(topic, 1, Integer::sum) - 1;
    expectedOutcomes.merge(topic + " " + expected.outcome(), 1L, Long::sum);
    if (expected.outcome().equals("merged")) {
      expectedEntries.computeIfAbsent(topic, t -> new ArrayList<>()).addAll(expected.entries());
    } else if (!expected.isEvent()) {
      expectedDeadLetters.add(record);
      expectedOrigins.add(expected.reason() + " " + topic + " 0 " + offset);
    }
  }

  private void assertOutcomes(Ledger ledger) {
    Map<String, Long> outcomes = new HashMap<>();
    for (String topic : List.of(customers, products)) {
      for (Outcome outcome : Outcome.values()) {
        outcomes.put(topic + " " + outcome.label(), ledger.count(topic, outcome));
      }
    }
    assertEquals(expectedOutcomes, outcomes);
  }

  /** No poll was read again, and so no exception has left a route. */
  private static void assertNothingFailed(MeterRegistry meters) {
    var failed = meters.find("camel.exchanges.failed").counters();
    assertFalse(failed.isEmpty());
    failed.forEach(counter -> assertEquals(0, counter.count(), counter.getId().toString()));
    assertEquals(0, meters.get("tributary.unaccounted.events").gauge().value());
  }

  private void assertDelivered() throws StrictJson.Refusal {
    List<String> customerEntries = new ArrayList<>();
    List<String> productEntries = new ArrayList<>();
    for (String body : api.applied().values()) {
      Value batch = StrictJson.read(body);
      Value metadata = batch.last("metadata");
      add(body, batch.last("customers"), metadata.last("customerCount"), customerEntries);
      add(body, batch.last("products"), metadata.last("productCount"), productEntries);
    }
    assertSame(expectedEntries.get(customers), customerEntries);
    assertSame(expectedEntries.get(products), productEntries);
    assertEquals(api.applied().size(), api.attempts().size());
  }

  private static void add(String body, Value section, Value count, List<String> entries) {
    section.values().forEach(entry -> entries.add(body.substring(entry.start(), entry.end())));
    assertEquals(String.valueOf(section.values().size()), count.text());
  }

  private void assertDeadLetters() {
    List<ConsumerRecord<byte[], byte[]>> letters = Kafka.read(deadLetters);
    assertSame(expectedOrigins, letters.stream().map(FuzzedPipelineTest::origin).toList());
    for (int i = 0; i < letters.size(); i++) {
      String origin = expectedOrigins.get(i);
      assertArrayEquals(expectedDeadLetters.get(i).value(), letters.get(i).value(), origin);
      assertArrayEquals(expectedDeadLetters.get(i).key(), letters.get(i).key(), origin);
    }
  }

  private static String origin(ConsumerRecord<byte[], byte[]> letter) {
    return String.join(
        " ",
        header(letter, "tributary.reason"),
        header(letter, "tributary.source.topic"),
        header(letter, "tributary.source.partition"),
        header(letter, "tributary.source.offset"));
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  /** Names the first difference only, since the lists are long. */
  private static void assertSame(List<String> expected, List<String> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      assertEquals(expected.get(i), actual.get(i), "number " + i);
    }
    assertEquals(expected.size(), actual.size());
  }
}
