package io.tributary.deadletter;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the dead-letter topic, and what happens while it takes nothing. */
class DeadLetterTopicTest {
  private static final Map<String, String> CLOSED = Map.of("max.message.bytes", "100");
  private static final Map<String, String> OPEN = Map.of("max.message.bytes", "1000000");

  private static final Set<String> OF_BOTH =
      Set.of(
          DeadLetterFormat.REASON,
          DeadLetterFormat.DETAIL,
          DeadLetterFormat.ATTEMPT_FIRST,
          DeadLetterFormat.ATTEMPT_LAST);
  private static final Set<String> SOURCE =
      Set.of(
          DeadLetterFormat.SOURCE_TOPIC,
          DeadLetterFormat.SOURCE_PARTITION,
          DeadLetterFormat.SOURCE_OFFSET,
          DeadLetterFormat.SOURCE_TIMESTAMP);

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String letters = rig.deadLetters();
  private final RecordingApi api = rig.api();

  @Test
  void pollWhoseDeadLettersAreNotTaken_isNotStoredAndReadinessSaysWhy() throws Exception {
    // Given
    Kafka.change(letters, CLOSED);
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, "not JSON".getBytes(UTF_8))));
    RunningTributary running = tributary();

    // When
    await().until(() -> check(running).getState() == HealthCheck.State.DOWN);

    // Then
    String why = check(running).getMessage().orElse("");
    assertEquals(letters + " cannot be written since ", why.substring(0, letters.length() + 25));
    Instant.parse(check(running).getDetails().get("dead-letter-topic.since").toString());
    assertEquals(2, Kafka.lag(customers, customers));
    assertEquals(List.of(), api.attempts());

    // When
    Kafka.change(letters, OPEN);

    // Then
    await().until(() -> Kafka.lag(customers, customers) == 0);
    assertEquals(HealthCheck.State.UP, check(running).getState());
    assertEquals(1, Kafka.read(letters).size());
    Ledger ledger = running.ledger();
    await().until(() -> ledger.count(customers, Outcome.DEAD_LETTER) == 1);
    assertEquals(1, ledger.count(customers, Outcome.MERGED));
    assertEquals(0, ledger.count(customers, Outcome.DUPLICATE_ID));
    assertEquals(0, ledger.unaccounted());
  }

  @Test
  void refusedBatchThatIsNotTaken_staysPendingAndThenHasAllHeaders() throws Exception {
    // Given
    Kafka.change(letters, CLOSED);
    RunningTributary running = tributary();
    api.answering((attempt, number) -> Answer.status(number == 1 ? 503 : 422));
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}"))));

    // When
    await().until(() -> check(running).getState() == HealthCheck.State.DOWN);

    // Then it is not sent again, nor does another overtake it
    Store store = running.store();
    assertEquals(1, store.pendingCount());
    rig.send("C2");
    await().until(() -> store.pendingCount() == 2);
    assertEquals(2, api.attempts().size());

    // When
    Kafka.change(letters, OPEN);
    await().until(() -> store.pendingCount() == 0);

    // Then
    assertEquals(HealthCheck.State.UP, check(running).getState());
    assertEquals(3, api.attempts().size());
    assertEquals(2, Kafka.read(letters).size());
    ConsumerRecord<byte[], byte[]> letter = Kafka.read(letters).get(0);
    RecordingApi.Attempt attempt = api.attempts().get(0);
    assertArrayEquals(attempt.body().getBytes(UTF_8), letter.value());
    assertEquals(attempt.key(), '"' + new String(letter.key(), UTF_8) + '"');
    assertEquals(attempt.key(), '"' + header(letter, DeadLetterFormat.EVENT_ID) + '"');
    assertEquals("refused-by-api", header(letter, DeadLetterFormat.REASON));
    assertEquals("422", header(letter, DeadLetterFormat.STATUS));
    assertEquals("{\"answer\":422}", header(letter, DeadLetterFormat.DETAIL));
    Instant first = Instant.parse(header(letter, DeadLetterFormat.ATTEMPT_FIRST));
    Instant last = Instant.parse(header(letter, DeadLetterFormat.ATTEMPT_LAST));
    assertFalse(last.isBefore(first.plusMillis(100)), first + " and " + last);
  }

  @Test
  void retryAfterOfARefusal_delaysNoDeadLetter() throws Exception {
    // Given a refusal that names a time, which is about a batch that is not sent again
    Kafka.change(letters, CLOSED);
    RunningTributary running = tributary();
    api.answering((attempt, number) -> new Answer(422, Map.of("Retry-After", "600"), ""));
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}"))));
    await().until(() -> check(running).getState() == HealthCheck.State.DOWN);

    // When
    Kafka.change(letters, OPEN);

    // Then
    await().until(() -> Kafka.read(letters).size() == 1);
    assertEquals(1, api.attempts().size());
  }

  @Test
  void recordThatIsTooLargeForTheTopic_doublesNoOtherOfItsPollAndKeepsItsPlace() throws Exception {
    // Given two that are too large, and others around them
    byte[] large = new byte[1_048_400];
    new Random(3).nextBytes(large);
    byte[] half = new byte[600_000];
    new Random(4).nextBytes(half);
    for (byte[] value :
        List.of("one".getBytes(UTF_8), large, half, large, "two".getBytes(UTF_8), half)) {
      Kafka.send(List.of(new ProducerRecord<>(customers, value)));
    }

    // When
    try (RunningTributary running = tributary()) {
      await().until(() -> Kafka.lag(customers, customers) == 0);
    }

    // Then
    List<ConsumerRecord<byte[], byte[]>> written = Kafka.read(letters);
    assertEquals(
        List.of("0", "1", "2", "3", "4", "5"),
        written.stream().map(l -> header(l, DeadLetterFormat.SOURCE_OFFSET)).toList());
    assertEquals(2, written.stream().filter(letter -> letter.value() == null).count());
    assertEquals("1048400", header(written.get(1), DeadLetterFormat.OMITTED_BYTES));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void headers_areThoseOfTheSchemeAndNoOthers(boolean gzip) throws Exception {
    // Given
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, "not JSON".getBytes(UTF_8))));
    builder().set(Setting.ANALYTICS_API_GZIP, gzip).start();
    api.answering((attempt, number) -> new Answer(422, Map.of("Retry-After", "1"), "no"));

    // When
    await().until(() -> Kafka.read(letters).size() == 2);

    // Then
    Set<String> ofARecord = new TreeSet<>(OF_BOTH);
    ofARecord.addAll(SOURCE);
    Set<String> ofABatch = new TreeSet<>(ofARecord);
    ofABatch.addAll(Set.of(DeadLetterFormat.STATUS, DeadLetterFormat.EVENT_ID));
    Map<String, Set<String>> byReason =
        Kafka.read(letters).stream()
            .collect(
                toMap(
                    letter -> header(letter, DeadLetterFormat.REASON), DeadLetterTopicTest::names));
    assertEquals(Map.of("not-json", ofARecord, "refused-by-api", ofABatch), byReason);
  }

  private static Set<String> names(ConsumerRecord<byte[], byte[]> letter) {
    Set<String> names = new TreeSet<>();
    letter.headers().forEach(header -> names.add(header.key()));
    return names;
  }

  private static HealthCheck.Result check(RunningTributary running) {
    return HealthCheckHelper.invokeReadiness(running.context(), "full").stream()
        .filter(result -> result.getCheck().getId().equals("dead-letter-topic"))
        .findFirst()
        .orElseThrow();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private RunningTributary tributary() throws Exception {
    return builder().start();
  }

  private RunningTributary.Builder builder() {
    return rig.tributary().set(Setting.RETRY_BACKOFF_BASE, "0.2");
  }
}
