package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.RunningTributary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Message;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that the API refuses is halved until what it refuses is alone. */
class HalvingTest {
  @RegisterExtension final DeliveryRig rig = new DeliveryRig();
  private final RecordingApi api = rig.api();

  @Test
  void poisonAmongSeveral_isAloneInTheDeadLetters() throws Exception {
    // Given
    RunningTributary running = rig.start();
    api.answering((attempt, number) -> refusing(attempt, 422, Set.of(5)));

    // When
    send(8);
    rig.awaitEnd();

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
    assertTrue(nanos < 5_000_000_000L, "The parts waited for Camel's recovery");

    Message letter = rig.letters().get(0);
    assertArrayEquals(attempts.get(5).body().getBytes(UTF_8), letter.getBody(byte[].class));
    assertEquals(key + "-2-1-2", header(letter, "kafka.KEY"));
    assertEquals(key + "-2-1-2", header(letter, "tributary.event.id"));
    assertEquals("422", header(letter, "tributary.status"));
    assertEquals(DeliveryRig.CUSTOMERS, header(letter, "tributary.source.topic"));
    assertEquals("0", header(letter, "tributary.source.partition"));
    assertEquals("5", header(letter, "tributary.source.offset"));
    assertNotNull(header(letter, "tributary.source.timestamp"));
    assertBooks(running, 3, 1);
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({"0, 0", "6, 6", "2, 5"})
  void poison_isFoundWhereverItIs(int poison, int another) throws Exception {
    // Given
    Set<Integer> poisons = new TreeSet<>(List.of(poison));
    poisons.add(another);
    RunningTributary running = rig.start();
    api.answering((attempt, number) -> refusing(attempt, 400, poisons));

    // When
    send(7);
    rig.awaitEnd();

    // Then
    List<Integer> expected = new ArrayList<>(range(0, 7));
    expected.removeAll(poisons);
    assertEquals(expected, applied());
    assertEquals(
        poisons.stream().map(String::valueOf).toList(),
        rig.letters().stream().map(letter -> header(letter, "tributary.source.offset")).toList());
    assertEquals(0, running.ledger().unaccounted());
  }

  @Test
  void tooLarge_teachesTheSizeOfFurtherBatches() throws Exception {
    // Given
    int limit = 30_000;
    RunningTributary running = rig.start();
    api.answering((attempt, n) -> Answer.status(attempt.body().length() > limit ? 413 : 200));
    send(0, 10, "x".repeat(10_000));
    rig.awaitEnd();
    int refusedAtFirst = api.attempts().size() - api.applied().size();

    // When
    send(10, 20, "x".repeat(10_000));
    rig.awaitEnd();

    // Then
    assertEquals(range(0, 20), applied());
    assertTrue(refusedAtFirst > 0);
    assertEquals(refusedAtFirst, api.attempts().size() - api.applied().size());
    assertEquals(List.of(), rig.letters());
  }

  @Test
  void batchesThatWereCompletedBeforeTheSizeWasLearned_areHalvedInTheirTurn() throws Exception {
    // Given three batches that are too large, all of them pending
    int limit = 30_000;
    RunningTributary running =
        rig.start(
            rig.tributary()
                .set(Setting.MERGE_MAX_MESSAGES, 4)
                .set(Setting.MAX_RETRIES, 100)
                .set(Setting.RETRY_BACKOFF_MULTIPLIER, 1));
    api.answering((attempt, number) -> Answer.status(503));
    Store store = running.store();
    send(0, 12, "x".repeat(10_000));
    assertEquals(3, store.pendingCount());

    // When
    api.answering((attempt, n) -> Answer.status(attempt.body().length() > limit ? 413 : 200));
    rig.awaitEnd();
    send(12, 16, "x".repeat(10_000));
    rig.awaitEnd();

    // Then each was refused once and went in two halves, and nothing later was refused
    assertEquals(range(0, 16), applied());
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
    assertEquals(List.of(), rig.letters());
    assertEquals(0, running.ledger().unaccounted());
  }

  @Test
  void poisonAmongBothStreams_hasTheTopicThatItCameFrom() throws Exception {
    // Given
    RunningTributary running = rig.start();
    api.answering((attempt, n) -> Answer.status(attempt.body().contains("poison") ? 422 : 200));

    // When
    rig.mergeProducts("{\"id\":\"good\"}", "{\"id\":\"poison\"}", "{\"id\":\"fine\"}");
    send(3);
    rig.awaitEnd();

    // Then
    Message letter = rig.letters().get(0);
    assertEquals(DeliveryRig.PRODUCTS, header(letter, "tributary.source.topic"));
    assertEquals("1", header(letter, "tributary.source.offset"));
    JsonNode document = Messages.json(new String(letter.getBody(byte[].class), UTF_8));
    assertEquals("[{\"id\":\"poison\"}]", document.at("/products").toString());
    assertEquals(0, document.at("/customers").size());
    assertEquals(1, document.at("/metadata/productCount").asInt());
    String delivered = api.applied().values().toString();
    assertTrue(delivered.contains("good") && delivered.contains("fine"), delivered);
    assertEquals(0, running.ledger().unaccounted());
  }

  @Test
  void restartAmongTheHalves_goesOnWithTheSameBytesAndKeys() throws Exception {
    // Given an API that goes away when it has taken the first of the halves
    api.answering(
        (attempt, number) -> number > 3 ? Answer.status(503) : refusing(attempt, 422, Set.of(5)));
    RunningTributary before = rig.start();
    send(8);
    await().until(() -> api.attempts().size() > 3);
    assertEquals(0, before.ledger().unaccounted());
    rig.stop();
    Attempt last = api.attempts().get(api.attempts().size() - 1);
    int attempts = api.attempts().size();
    api.answering((attempt, number) -> refusing(attempt, 422, Set.of(5)));

    // When
    RunningTributary running = rig.start();
    assertEquals(0, running.ledger().unaccounted());
    rig.awaitEnd();

    // Then
    Attempt next = api.attempts().get(attempts);
    assertEquals(last.key(), next.key());
    assertEquals(last.body(), next.body());
    assertTrue(next.key().endsWith("-2-1\""), next.key());
    assertEquals(List.of(0, 1, 2, 3, 4, 6, 7), applied());
    assertEquals(1, rig.letters().size());
    assertBooks(running, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {415, 422})
  void wholeBatch_isADeadLetterWhenHalvesWouldFareNoBetterOrAreNotWanted(int status)
      throws Exception {
    // Given
    RunningTributary running =
        rig.start(rig.tributary().set(Setting.SPLIT_REFUSED_BATCHES, status == 415));
    api.answering((attempt, number) -> Answer.status(status));

    // When
    send(4);
    rig.awaitEnd();

    // Then
    List<Message> letters = rig.letters();
    assertEquals(1, api.attempts().size());
    assertEquals(1, letters.size());
    assertArrayEquals(
        api.attempts().get(0).body().getBytes(UTF_8), letters.get(0).getBody(byte[].class));
    assertNull(letters.get(0).getHeader("tributary.source.offset"));
  }

  @Test
  @Tag("long")
  void poisonAmong5000_isTheOnlyDeadLetter() throws Exception {
    // Given
    int poison = 3_210;
    RunningTributary running = rig.start();
    api.answering((attempt, number) -> refusing(attempt, 422, Set.of(poison)));

    // When
    send(5_000);
    rig.awaitEnd();

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
    Message letter = rig.letters().get(0);
    System.out.printf(
        "%s%d POSTs; delivered: %d of 5,000 messages; dead letters: %d, key %s, %s@%s%n",
        transcript,
        attempts.size(),
        applied().size(),
        rig.letters().size(),
        header(letter, "kafka.KEY").replace(key, "EVT-…"),
        header(letter, "tributary.source.partition"),
        header(letter, "tributary.source.offset"));
    assertEquals(5_000, numbers(attempts.get(0).body()).size());
    assertEquals(4_999, applied().size());
    assertEquals(1, rig.letters().size());
    assertEquals("3210", header(letter, "tributary.source.offset"));
    assertEquals(0, running.ledger().unaccounted());
  }

  /** Refuses what holds a poison, as an API does that checks each record. */
  private static Answer refusing(Attempt attempt, int status, Set<Integer> poisons) {
    boolean refused = numbers(attempt.body()).stream().anyMatch(poisons::contains);
    return Answer.status(refused ? status : 200);
  }

  private void send(int count) throws Exception {
    rig.merge(range(0, count).stream().map(i -> customer(i, "")).toArray(String[]::new));
    rig.complete();
  }

  /** One by one, as batches of what fits. */
  private void send(int from, int to, String padding) throws Exception {
    for (int i = from; i < to; i++) {
      rig.merge(customer(i, padding));
    }
    rig.complete();
  }

  private static String customer(int number, String padding) {
    return "{\"id\":" + number + ",\"x\":\"" + padding + "\"}";
  }

  private static void assertBooks(RunningTributary running, int delivered, int dead) {
    MeterRegistry meters =
        running.bean(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
    assertEquals(
        delivered, meters.get("tributary.batches").tag("outcome", "delivered").counter().count());
    assertEquals(
        dead, meters.get("tributary.batches").tag("outcome", "dead_letter").counter().count());
    assertEquals(0, running.ledger().unaccounted());
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

  private List<Integer> applied() {
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

  private static String header(Message letter, String name) {
    return letter.getHeader(name, String.class);
  }
}
