package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.LogLines;
import io.tributary.support.Messages;
import io.tributary.support.Patience;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RunningTributary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What Kafka can do to the shipped routes, with a real broker that goes and comes back. */
@Tag("reliability")
@ResourceLock(KafkaFaults.BROKER)
class KafkaFaultsTest extends KafkaFaults {
  @Test
  @Tag("long")
  void brokerThatRestartsInMidStream_costsNothing() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      // Given
      await().until(() -> !api.applied().isEmpty());
      Set<Thread> consumers = consumerThreads();

      // When
      for (int i = 0; i < 3; i++) {
        KAFKA.stop();
        KAFKA.start();
        feed.awaitMore(100);
      }

      // Then
      assertDeliveredOnce(feed.stop(), api, running);
      await().until(() -> troubles(running).isEmpty());
      assertEquals(consumers, consumerThreads());
    }
  }

  @Test
  void brokerThatIsAway_delaysNothingThatIsStored() throws Exception {
    awayFor(Duration.ZERO);
  }

  @Test
  @Tag("long")
  void brokerThatIsAwayForAMinute_delaysNothingThatIsStored() throws Exception {
    awayFor(Duration.ofMinutes(1));
  }

  private void awayFor(Duration duration) throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      // Given an API that is down, so that batches are pending and one is open
      api.answering((attempt, number) -> Answer.status(503));
      Store store = running.bean("mergeStore", Store.class);
      await().until(() -> store.pendingCount() >= 2 && store.open() != null);
      Set<Thread> consumers = consumerThreads();

      // When the broker goes, and the API returns
      KAFKA.stop();
      await()
          .until(
              () ->
                  List.of(customers, products).stream()
                      .allMatch(t -> troubles(running).contains(t + ": no broker answers at ")));
      api.answering((attempt, number) -> Answer.status(200));

      // Then everything that is stored is delivered, and the rest when the broker is there again
      await().until(() -> store.open() == null && store.pendingCount() == 0);
      String told = troubles(running);
      await()
          .atMost(duration.plus(Patience.LIMIT))
          .during(duration)
          .until(() -> troubles(running).equals(told));
      KAFKA.start();
      assertDeliveredOnce(feed.awaitMore(100).stop(), api, running);
      await().until(() -> troubles(running).isEmpty());
      assertEquals(consumers, consumerThreads());
    }
  }

  @Test
  void brokerThatIsNotThereAtTheStart_isWaitedFor() throws Exception {
    // Given
    KAFKA.stop();
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      await().until(() -> troubles(running).contains(products + ": no broker answers at "));

      // When
      KAFKA.start();

      // Then
      assertDeliveredOnce(feed.awaitMore(100).stop(), api, running);
      await().until(() -> troubles(running).isEmpty());
    }
  }

  @Test
  void brokerWhoseNameNobodyKnows_isOneThatIsNotThereYet() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given a batch that is pending
      api.answering((attempt, number) -> Answer.status(503));
      try (RunningTributary running = tributary(api).start()) {
        KAFKA.send(customers, new String(Messages.message("m1", "{\"id\":1}"), UTF_8));
        Store store = running.bean("mergeStore", Store.class);
        await().until(() -> store.pendingCount() == 1);
      }
      api.answering((attempt, number) -> Answer.status(200));

      // When
      String nowhere = "nowhere.invalid:9092";
      try (LogLines lines = LogLines.of("");
          RunningTributary running =
              tributary(api).set(Setting.KAFKA_BOOTSTRAP_SERVERS, nowhere).start()) {
        // Then
        await().until(() -> delivered(api).contains("{\"id\":1}"));
        String trouble = customers + ": no broker answers at " + nowhere + " (Failed to construct";
        await().until(() -> troubles(running).contains(trouble));
        await().during(Duration.ofSeconds(6)).until(() -> troubles(running).contains(trouble));
        List<String> told = lines.all().stream().filter(l -> l.contains("resolvable")).toList();
        assertEquals(2, told.size(), told::toString);
        assertEquals(1, lines.count("WARN " + customers + " cannot be read"));
      }
    }
  }

  @Test
  void topicThatDoesNotExistYet_isReadOnceItDoes() throws Exception {
    // Given
    customers = StoppableKafka.noTopic("later");
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), products)) {
      await().until(() -> troubles(running).contains(customers + ": the topic does not exist"));
      List<String> sent = new ArrayList<>(feed.awaitMore(50).stop());
      await().until(() -> delivered(api).containsAll(sent));

      // When
      KAFKA.create(customers, 2);
      try (SteadyFeed late = new SteadyFeed(KAFKA.brokers(), customers)) {
        sent.addAll(late.awaitMore(50).stop());
      }

      // Then
      assertDeliveredOnce(sent, api, running);
      await().until(() -> troubles(running).isEmpty());
    }
  }

  @Test
  @Tag("long")
  void deadLetterTopicThatDoesNotExistYet_holdsUpNoOtherStream() throws Exception {
    // Given
    String deadLetters = StoppableKafka.noTopic("dead");
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api).set(Setting.DEAD_LETTER_TOPIC, deadLetters).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      KAFKA.send(customers, "not JSON");
      List<String> sent = feed.awaitMore(100).stop();
      List<String> others = sent.stream().filter(record -> record.contains(products)).toList();
      await().until(() -> delivered(api).containsAll(others));
      assertTrue(KAFKA.lag(customers, customers) > 0);

      // When
      KAFKA.create(deadLetters, 1);

      // Then
      assertDeliveredOnce(sent, api, running);
      Ledger ledger = running.bean("ledger", Ledger.class);
      assertEquals(1, ledger.count(customers, Outcome.DEAD_LETTER));
      await().until(() -> troubles(running).isEmpty());
    }
  }
}
