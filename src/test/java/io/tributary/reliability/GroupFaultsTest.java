package io.tributary.reliability;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.store.Store;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What can happen to the group of the shipped routes' consumers, with a real broker. */
@Tag("reliability")
@ResourceLock(value = KafkaFaults.BROKER, mode = ResourceAccessMode.READ)
class GroupFaultsTest extends KafkaFaults {
  @Test
  void memberThatComesAndGoes_costsNothing() throws Exception {
    comeAndGo(2);
  }

  @Test
  @Tag("long")
  void memberThatComesAndGoesTwentyTimes_costsNothing() throws Exception {
    comeAndGo(20);
  }

  private void comeAndGo(int times) throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      // Given
      await().until(() -> !api.applied().isEmpty());
      Set<Thread> consumers = consumerThreads();

      // When a member takes records and neither processes nor commits them
      for (int i = 0; i < times; i++) {
        try (KafkaConsumer<byte[], byte[]> member = member()) {
          member.subscribe(List.of(customers, products));
          await().pollInSameThread().until(() -> member.poll(Duration.ofMillis(100)).count() > 0);
        }
        feed.awaitMore(20);
      }

      // Then
      assertDeliveredOnce(feed.stop(), api, running);
      await().until(() -> troubles(running).isEmpty());
      assertEquals(consumers, consumerThreads());
    }
  }

  @Test
  @Tag("long")
  void secondProcessThatComesAndGoes_losesNothing(@TempDir Path otherState) throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).start();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      // When
      for (int i = 0; i < 5; i++) {
        try (RunningTributary other = tributary(api, otherState).start()) {
          Ledger ledger = other.bean("ledger", Ledger.class);
          await().until(() -> ledger.count(customers, Outcome.MERGED) > 20);
        }
      }

      // Then everything is there; what each of the two took may be there twice
      List<String> sent = feed.stop();
      try (RunningTributary other = tributary(api, otherState).start()) {
        for (RunningTributary each : List.of(running, other)) {
          Store store = each.bean("mergeStore", Store.class);
          await()
              .until(
                  () ->
                      KAFKA.lag(customers, customers, products) == 0
                          && store.open() == null
                          && store.pendingCount() == 0);
        }
      }
      assertTrue(delivered(api).containsAll(sent));
      assertEquals(Set.copyOf(sent), Set.copyOf(delivered(api)));
    }
  }

  @Test
  void offsetsThatAreGone_letTheStoreGoOnWhereItWas() throws Exception {
    try (RecordingApi api = new RecordingApi();
        SteadyFeed feed = new SteadyFeed(KAFKA.brokers(), customers, products)) {
      // Given
      List<String> sent;
      try (RunningTributary running = tributary(api).start()) {
        sent = feed.awaitMore(100).stop();
        assertDeliveredOnce(sent, api, running);
      }

      // When
      KAFKA.deleteOffsets(customers);

      // Then
      try (RunningTributary running = tributary(api).start()) {
        assertDeliveredOnce(sent, api, running);
        await().until(() -> KAFKA.lag(customers, customers, products) == 0);
        Ledger ledger = running.bean("ledger", Ledger.class);
        for (Outcome outcome : Outcome.values()) {
          assertEquals(
              0, ledger.count(customers, outcome) + ledger.count(products, outcome), "read again");
        }
      }
    }
  }

  /** Reads as a consumer of the same group that somebody started by mistake. */
  private KafkaConsumer<byte[], byte[]> member() {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            KAFKA.brokers(),
            ConsumerConfig.GROUP_ID_CONFIG,
            customers,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
