package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is committed to Kafka, and from where a start reads on: see Start. */
@Tag("reliability")
@ResourceLock(value = KafkaFaults.BROKER, mode = ResourceAccessMode.READ)
class OffsetsTest extends KafkaFaults {
  private static final RecordingApi.Script DOWN = (attempt, number) -> Answer.status(503);
  private static final RecordingApi.Script UP = (attempt, number) -> Answer.status(200);

  @Test
  void offset_isCommittedSoonAfterTheDelivery() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      // Given
      api.answering(DOWN);
      send("a", 3);
      await().until(() -> api.attempts().size() > 1);
      assertEquals(3, lag());

      // When
      api.answering(UP);
      await().until(() -> pending(running) == 0);

      // Then
      await().atMost(Duration.ofSeconds(10)).until(() -> lag() == 0);
    }
  }

  @Test
  void pending_isDeliveredUnderNewEventIdsWhenTheFolderIsLost() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      Set<String> settled;
      try (RunningTributary running = tributary(api).start()) {
        settled = send("settled", 5);
        assertDeliveredOnce(List.copyOf(settled), api, running);
        api.answering(DOWN);
        send("pending", 5);
        await().until(() -> api.attempts().size() > api.applied().size() + 1);
        // A stop commits nothing of it.
      }
      Set<String> before = keys(api);

      // When
      delete(state);
      // Or it waits for a member whose name is lost.
      KAFKA.removeMembers(customers);
      api.answering(UP);

      // Then
      try (RunningTributary running = tributary(api).start()) {
        Set<String> all = new TreeSet<>(settled);
        all.addAll(records("pending", 5));
        assertDeliveredOnce(List.copyOf(all), api, running);
        assertEquals(5, merged(running));
      }
      Set<String> afterwards = new TreeSet<>(api.applied().keySet());
      afterwards.removeAll(before);
      assertTrue(!afterwards.isEmpty(), "new event ids");
    }
  }

  @Test
  void duplicatesAndDeadLettersAlone_areCommitted() throws Exception {
    String deadLetters = KAFKA.topic("dead", 1);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api).set(Setting.DEAD_LETTER_TOPIC, deadLetters).start()) {
      // Given
      Set<String> sent = send("a", 3);
      assertDeliveredOnce(List.copyOf(sent), api, running);

      // When
      send("a", 3);
      KAFKA.send(customers, "not JSON");
      KAFKA.send(products, "not JSON");

      // Then
      await().until(() -> lag() == 0);
      Ledger ledger = running.bean("ledger", Ledger.class);
      await().until(() -> ledger.count(customers, Outcome.DEAD_LETTER) == 1);
      assertEquals(3, ledger.count(customers, Outcome.DUPLICATE_ID));
      assertDeliveredOnce(List.copyOf(sent), api, running);
    }
  }

  @Test
  void endOfTransactions_isCommitted() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      // When
      KAFKA.sendInTransaction(customers, true, text("committed-0", record("committed-0")));
      KAFKA.sendInTransaction(customers, false, text("aborted-0", record("aborted-0")));

      // Then
      assertDeliveredOnce(List.of(record("committed-0")), api, running);
      assertEquals(0, KAFKA.lag(customers, customers));
    }
  }

  @Test
  void topicMadeAnewWhileStopped_isReadFromItsBeginning() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      Set<String> sent = send("old", 5);
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }

      // When
      KAFKA.delete(customers);
      KAFKA.create(customers, 3);
      Set<String> all = new TreeSet<>(sent);
      all.addAll(send("new", 20));

      // Then
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(all), api, running);
      }
    }
  }

  @Test
  void topicMadeAnewWhileItIsRead_isReadFromItsBeginning() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      // Given
      Set<String> all = new TreeSet<>(send("old", 5));
      assertDeliveredOnce(List.copyOf(all), api, running);

      // When
      KAFKA.delete(customers);
      KAFKA.create(customers, 3);
      all.addAll(send("new", 20));

      // Then
      assertDeliveredOnce(List.copyOf(all), api, running);
    }
  }

  @Test
  @Tag("long")
  void topicMadeAnewWithFewerPartitions_isReadAndNothingIsWrong() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start()) {
      // Given
      Set<String> all = new TreeSet<>(send("old", 6));
      assertDeliveredOnce(List.copyOf(all), api, running);

      // When
      KAFKA.delete(customers);
      KAFKA.create(customers, 1);
      all.addAll(send("new", 20));
      assertDeliveredOnce(List.copyOf(all), api, running);

      // Then for longer than until a place that is not known counts as a trouble
      await()
          .during(Duration.ofSeconds(15))
          .until(
              () ->
                  HealthCheckHelper.invokeReadiness(running.context()).stream()
                      .allMatch(check -> check.getState() == HealthCheck.State.UP));
    }
  }

  @Test
  void offsetsThatAreSetBack_areReadAgainFromThere() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      Set<String> sent = send("a", 6);
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }

      // When
      KAFKA.setOffsets(customers, customers, 0);

      // Then
      try (RunningTributary running = tributary(api).start()) {
        Ledger ledger = running.bean("ledger", Ledger.class);
        await().until(() -> ledger.count(customers, Outcome.DUPLICATE_ID) == 6);
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }
    }
  }

  @Test
  void offsetsThatAreSetForth_leaveOutWhatIsBefore() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      Set<String> sent = send("a", 6);
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }
      send("left-out", 6);

      // When
      KAFKA.setOffsets(customers, customers, Long.MAX_VALUE);

      // Then
      try (RunningTributary running = tributary(api).start()) {
        sent.addAll(send("b", 6));
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }
    }
  }

  @Test
  void storeThatIsOlderThanTheOffsets_goesOnAtTheOffsets(@TempDir Path backup) throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      Set<String> sent = send("a", 6);
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }
      copy(state, backup);
      sent.addAll(send("b", 6));
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }

      // When
      delete(state);
      copy(backup, state);

      // Then
      try (RunningTributary running = tributary(api).start()) {
        sent.addAll(send("c", 6));
        assertDeliveredOnce(List.copyOf(sent), api, running);
        assertEquals(6, merged(running));
      }
    }
  }

  @Test
  void stored_isCommittedBeforeItIsDelivered() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      api.answering(DOWN);
      Set<String> sent = send("a", 6);

      // When
      try (RunningTributary running = tributary(api).set(Setting.KAFKA_COMMIT, "stored").start()) {
        await().until(() -> lag() == 0);
        assertTrue(pending(running) > 0 || running.bean("mergeStore", Store.class).open() != null);
      }

      // Then
      api.answering(UP);
      try (RunningTributary running = tributary(api).set(Setting.KAFKA_COMMIT, "stored").start()) {
        assertDeliveredOnce(List.copyOf(sent), api, running);
      }
    }
  }

  private Set<String> send(String prefix, int count) throws Exception {
    KAFKA.send(
        customers,
        IntStream.range(0, count)
            .mapToObj(i -> text(prefix + "-" + i, record(prefix + "-" + i)))
            .toArray(String[]::new));
    return new TreeSet<>(records(prefix, count));
  }

  private static List<String> records(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> record(prefix + "-" + i)).toList();
  }

  private static String record(String id) {
    return "{\"id\":\"" + id + "\"}";
  }

  private static String text(String id, String record) {
    return new String(message(id, record), StandardCharsets.UTF_8);
  }

  private long lag() {
    return KAFKA.lag(customers, customers, products);
  }

  private long merged(RunningTributary running) {
    return running.bean("ledger", Ledger.class).count(customers, Outcome.MERGED);
  }

  private static int pending(RunningTributary running) {
    return running.bean("mergeStore", Store.class).pendingCount();
  }

  private static Set<String> keys(RecordingApi api) {
    Set<String> keys = new TreeSet<>();
    api.attempts().forEach(attempt -> keys.add(attempt.key()));
    return keys;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
