package io.tributary.delivery;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that the API refuses is halved until what it refuses is alone. */
class HalvingTest {
  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String deadLetters = Kafka.topic("dead", 1);

  @TempDir Path state;

  private RunningTributary.Builder tributary(RecordingApi api) {
    return RunningTributary.with(state, Kafka.brokers(), api.url())
        .topics(customers, products, deadLetters)
        .set(Setting.RETRY_BACKOFF_BASE, "0.2")
        .set(Setting.MERGE_FLUSH_INTERVAL, "1");
  }

  @Test
  void poisonAmongSeveral_isAloneInTheDeadLetters() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      api.answering((attempt, number) -> refusing(attempt, 422, Set.of(5)));

      // When
      send(8, "");
      awaitEnd(running, api, 3);

      // Then the halves came in order, each under a key of its own
      List<Attempt> attempts = api.attempts();
      String key = attempts.get(0).key().replace("\"", "");
      assertEquals(
          Stream.of("", "-1", "-2", "-2-1", "-2-1-1", "-2-1-2", "-2-2")
              .map(suffix -> '"' + key + suffix + '"')
              .toList(),
          attempts.stream().map(Attempt::key).toList());
      assertEquals(
          List.of(
              range(0, 8),
              range(0, 4),
              range(4, 8),
              range(4, 6),
              range(4, 5),
              range(5, 6),
              range(6, 8)),
          attempts.stream().map(attempt -> numbers(attempt.body())).toList());
      attempts.forEach(HalvingTest::assertDocument);
      long nanos = attempts.get(6).nanoTime() - attempts.get(0).nanoTime();
      assertTrue(nanos < 3_000_000_000L, "The parts waited for Camel's recovery");

      ConsumerRecord<byte[], byte[]> letter = Kafka.read(deadLetters).get(0);
      assertArrayEquals(attempts.get(5).body().getBytes(UTF_8), letter.value());
      assertEquals(key + "-2-1-2", new String(letter.key(), UTF_8));
      assertEquals(key + "-2-1-2", header(letter, "tributary.event.id"));
      assertEquals("422", header(letter, "tributary.status"));
      assertEquals(customers, header(letter, "tributary.source.topic"));
      assertEquals("0", header(letter, "tributary.source.partition"));
      assertEquals("5", header(letter, "tributary.source.offset"));
      assertNotNull(header(letter, "tributary.source.timestamp"));
      assertBooks(running, 3, 1);
    }
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({"0, 0", "6, 6", "2, 5"})
  void poison_isFoundWhereverItIs(int poison, int another) throws Exception {
    // Given
    Set<Integer> poisons = new TreeSet<>(List.of(poison));
    poisons.add(another);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      api.answering((attempt, number) -> refusing(attempt, 400, poisons));

      // When
      send(7, "");
      awaitApplied(running, api, 7 - poisons.size());

      // Then
      List<Integer> expected = new ArrayList<>(range(0, 7));
      expected.removeAll(poisons);
      assertEquals(expected, applied(api));
      assertEquals(
          poisons.stream().map(String::valueOf).toList(),
          Kafka.read(deadLetters).stream()
              .map(letter -> header(letter, "tributary.source.offset"))
              .toList());
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  @Test
  void tooLarge_teachesTheSizeOfFurtherBatches() throws Exception {
    // Given
    int limit = 30_000;
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      api.answering((attempt, n) -> Answer.status(attempt.body().length() > limit ? 413 : 200));
      send(0, 10, "x".repeat(10_000));
      awaitApplied(running, api, 10);
      int refusedAtFirst = api.attempts().size() - api.applied().size();

      // When
      send(10, 20, "x".repeat(10_000));
      awaitApplied(running, api, 20);

      // Then
      assertEquals(range(0, 20), applied(api));
      assertTrue(refusedAtFirst > 0);
      assertEquals(refusedAtFirst, api.attempts().size() - api.applied().size());
      assertEquals(List.of(), Kafka.read(deadLetters));
    }
  }

  @Test
  void batchesThatWereCompletedBeforeTheSizeWasLearned_areHalvedInTheirTurn() throws Exception {
    // Given three batches that are too large, all of them pending
    int limit = 30_000;
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).set(Setting.MERGE_MAX_MESSAGES, 4).start()) {
      api.answering((attempt, number) -> Answer.status(503));
      Store store = running.bean("mergeStore", Store.class);
      // One after the other, since how many records a poll has is a matter of chance.
      for (int batch = 1; batch <= 3; batch++) {
        send(4 * batch - 4, 4 * batch, "x".repeat(10_000));
        int pending = batch;
        await().until(() -> store.pendingCount() == pending);
      }

      // When
      api.answering((attempt, n) -> Answer.status(attempt.body().length() > limit ? 413 : 200));
      awaitApplied(running, api, 12);
      send(12, 16, "x".repeat(10_000));
      awaitApplied(running, api, 16);

      // Then each was refused once and went in two halves, and nothing later was refused
      assertEquals(range(0, 16), applied(api));
      assertEquals(
          List.of(List.of(0, 1), List.of(2, 3), List.of(4, 5), List.of(6, 7)),
          api.applied().values().stream().limit(4).map(HalvingTest::numbers).toList());
      assertEquals(
          3,
          api.attempts().stream()
              .filter(attempt -> attempt.body().length() > limit)
              .map(Attempt::key)
              .distinct()
              .count());
      assertEquals(List.of(), Kafka.read(deadLetters));
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  @Test
  void poisonAmongBothStreams_hasTheTopicThatItCameFrom() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).set(Setting.MERGE_FLUSH_INTERVAL, 3).start()) {
      api.answering((attempt, n) -> Answer.status(attempt.body().contains("poison") ? 422 : 200));

      // When
      send(3, "");
      Kafka.send(
          Stream.of("good", "poison", "fine")
              .map(id -> message("p-" + id, "{\"id\":\"" + id + "\"}"))
              .map(value -> new ProducerRecord<byte[], byte[]>(products, value))
              .toList());
      await().until(() -> Kafka.read(deadLetters).size() == 1);
      awaitApplied(running, api, 3);

      // Then
      ConsumerRecord<byte[], byte[]> letter = Kafka.read(deadLetters).get(0);
      assertEquals(products, header(letter, "tributary.source.topic"));
      assertEquals("1", header(letter, "tributary.source.offset"));
      JsonNode document = Messages.json(new String(letter.value(), UTF_8));
      assertEquals("[{\"id\":\"poison\"}]", document.at("/products").toString());
      assertEquals(0, document.at("/customers").size());
      assertEquals(1, document.at("/metadata/productCount").asInt());
      String delivered = api.applied().values().toString();
      assertTrue(delivered.contains("good") && delivered.contains("fine"), delivered);
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  @Test
  void restartAmongTheHalves_goesOnWithTheSameBytesAndKeys() throws Exception {
    // Given an API that goes away when it has taken the first of the halves
    try (RecordingApi api = new RecordingApi()) {
      api.answering(
          (attempt, number) -> number > 3 ? Answer.status(503) : refusing(attempt, 422, Set.of(5)));
      try (RunningTributary running = tributary(api).start()) {
        send(8, "");
        await().until(() -> api.attempts().size() > 3);
        assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
      }
      Attempt last = api.attempts().get(api.attempts().size() - 1);
      int before = api.attempts().size();
      api.answering((attempt, number) -> refusing(attempt, 422, Set.of(5)));

      // When
      try (RunningTributary running = tributary(api).start()) {
        assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
        awaitEnd(running, api, 3);

        // Then
        Attempt next = api.attempts().get(before);
        assertEquals(last.key(), next.key());
        assertEquals(last.body(), next.body());
        assertTrue(next.key().endsWith("-2-1\""), next.key());
        assertEquals(List.of(0, 1, 2, 3, 4, 6, 7), applied(api));
        assertEquals(1, Kafka.read(deadLetters).size());
        assertBooks(running, 2, 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {415, 422})
  void wholeBatch_isADeadLetterWhenHalvesWouldFareNoBetterOrAreNotWanted(int status)
      throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api).set(Setting.SPLIT_REFUSED_BATCHES, status == 415).start()) {
      api.answering((attempt, number) -> Answer.status(status));

      // When
      send(4, "");
      awaitEnd(running, api, 0);

      // Then
      List<ConsumerRecord<byte[], byte[]>> letters = Kafka.read(deadLetters);
      assertEquals(1, api.attempts().size());
      assertEquals(1, letters.size());
      assertArrayEquals(api.attempts().get(0).body().getBytes(UTF_8), letters.get(0).value());
      assertNull(letters.get(0).headers().lastHeader("tributary.source.offset"));
    }
  }

  @Test
  @Tag("long")
  void poisonAmong5000_isTheOnlyDeadLetter() throws Exception {
    // Given
    int poison = 3_210;
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).set(Setting.MERGE_FLUSH_INTERVAL, "6").start()) {
      api.answering((attempt, number) -> refusing(attempt, 422, Set.of(poison)));

      // When
      send(5_000, "");
      awaitApplied(running, api, 4_999);

      // Then
      List<Attempt> attempts = api.attempts();
      String key = attempts.get(0).key().replace("\"", "");
      StringBuilder transcript = new StringBuilder();
      for (Attempt attempt : attempts) {
        List<Integer> numbers = numbers(attempt.body());
        transcript.append(
            "%8.3f s  POST %-28s %5d messages  %d%n"
                .formatted(
                    (attempt.nanoTime() - attempts.get(0).nanoTime()) / 1e9,
                    attempt.key().replace("\"", "").replace(key, "EVT-…"),
                    numbers.size(),
                    numbers.contains(poison) ? 422 : 200));
      }
      ConsumerRecord<byte[], byte[]> letter = Kafka.read(deadLetters).get(0);
      System.out.printf(
          "%s%d POSTs; delivered: %d of 5,000 messages; dead letters: %d, key %s, %s@%s%n",
          transcript,
          attempts.size(),
          applied(api).size(),
          Kafka.read(deadLetters).size(),
          new String(letter.key(), UTF_8).replace(key, "EVT-…"),
          header(letter, "tributary.source.partition"),
          header(letter, "tributary.source.offset"));
      assertEquals(5_000, numbers(attempts.get(0).body()).size());
      assertEquals(4_999, applied(api).size());
      assertEquals(1, Kafka.read(deadLetters).size());
      assertEquals("3210", header(letter, "tributary.source.offset"));
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
    }
  }

  /** Refuses what holds a poison, as an API does that checks each record. */
  private static Answer refusing(Attempt attempt, int status, Set<Integer> poisons) {
    boolean refused = numbers(attempt.body()).stream().anyMatch(poisons::contains);
    return Answer.status(refused ? status : 200);
  }

  private void send(int count, String padding) {
    send(0, count, padding);
  }

  private void send(int from, int to, String padding) {
    Kafka.send(
        IntStream.range(from, to)
            .mapToObj(
                i ->
                    new ProducerRecord<byte[], byte[]>(
                        customers,
                        message("m" + i, "{\"id\":" + i + ",\"x\":\"" + padding + "\"}")))
            .toList());
  }

  private static void awaitApplied(RunningTributary running, RecordingApi api, int messages) {
    await().until(() -> applied(api).size() >= messages);
    awaitEnd(running, api, 0);
  }

  private static void awaitEnd(RunningTributary running, RecordingApi api, int applied) {
    Store store = running.bean("mergeStore", Store.class);
    await()
        .until(
            () ->
                !api.attempts().isEmpty()
                    && api.applied().size() >= applied
                    && store.pendingCount() == 0
                    && store.open() == null);
  }

  private static void assertBooks(RunningTributary running, int delivered, int dead) {
    MeterRegistry meters =
        running.bean(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
    assertEquals(
        delivered, meters.get("tributary.batches").tag("outcome", "delivered").counter().count());
    assertEquals(
        dead, meters.get("tributary.batches").tag("outcome", "dead_letter").counter().count());
    assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
  }

  private static void assertDocument(Attempt attempt) {
    JsonNode document = Messages.json(attempt.body());
    assertEquals(attempt.key(), '"' + document.at("/eventId").asText() + '"');
    assertEquals(document.at("/customers").size(), document.at("/metadata/customerCount").asInt());
    assertEquals(0, document.at("/metadata/productCount").asInt(-1));
    assertTrue(document.at("/products").isArray());
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static List<Integer> applied(RecordingApi api) {
    return api.applied().values().stream()
        .flatMap(body -> numbers(body).stream())
        .collect(Collectors.toList());
  }

  private static List<Integer> numbers(String body) {
    List<Integer> numbers = new ArrayList<>();
    Messages.json(body)
        .at("/customers")
        .forEach(customer -> numbers.add(customer.at("/id").asInt()));
    return numbers;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    assertNotNull(header, name);
    return new String(header.value(), UTF_8);
  }
}
