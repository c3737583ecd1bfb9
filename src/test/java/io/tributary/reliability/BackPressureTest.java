package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Fault;
import io.tributary.support.FaultyApi;
import io.tributary.support.Footprint;
import io.tributary.support.GroupState;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** An API that is away for long, while messages keep coming. */
@Tag("reliability")
@Isolated // it measures the heap
class BackPressureTest {
  private static final int MAX_PENDING = 4;
  private static final int PARTITIONS = 2;
  private static final long SEND_EVERY_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** A thread that is held up for longer than this is thrown out of its group. */
  private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(4);

  /** The log of changes, keys of records, and pages that are free again. */
  private static final long STORE_OVERHEAD = 4 * 8 * 1024 * 1024;

  private final String customers = Kafka.topic("customers", PARTITIONS);
  private final String products = Kafka.topic("products", PARTITIONS);
  private final FaultyApi api = new FaultyApi();
  private volatile boolean producing = true;
  private volatile int produced;

  @TempDir Path state;

  /** How large records and batches are; a poll of 2,000 records fits into a batch. */
  private enum Volume {
    SMALL(100, 750_000),
    LARGE(900, 2_500_000);

    private final String filling;
    private final int batchBytes;

    Volume(int recordBytes, int batchBytes) {
      this.filling = "x".repeat(recordBytes);
      this.batchBytes = batchBytes;
    }
  }

  private RunningTributary start(Volume volume) throws Exception {
    return RunningTributary.with(state, Kafka.brokers(), api.url())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.MERGE_MAX_PENDING_BATCHES, MAX_PENDING)
        .set(Setting.MERGE_MAX_BYTES, volume.batchBytes)
        .set(Setting.MERGE_FLUSH_INTERVAL, 2)
        .set(Setting.MAX_RETRIES, 100)
        .set(Setting.RETRY_BACKOFF_BASE, "0.3")
        .set(Setting.RETRY_BACKOFF_MULTIPLIER, "1.0")
        .set(Setting.LOG_LEVEL, "ERROR")
        .property("camel.component.kafka.max-poll-interval-ms", MAX_POLL_INTERVAL.toMillis())
        .property("camel.component.kafka.session-timeout-ms", 6000)
        .property("camel.component.kafka.heartbeat-interval-ms", 1000)
        .start();
  }

  @Test
  void apiThatIsAway_stopsTheReadingAndNothingElse() throws Exception {
    assertHolds(MAX_POLL_INTERVAL.plusSeconds(2), Volume.SMALL);
  }

  @Tag("long")
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void apiThatIsAwayForLong_stopsTheReadingAndNothingElse() throws Exception {
    assertHolds(Duration.ofSeconds(75), Volume.LARGE);
  }

  @Test
  void duplicatesAndRetries_takeNoRoom() throws Exception {
    try (api;
        RunningTributary running = start(Volume.SMALL)) {
      // Given a batch that is tried again and again
      Store store = running.bean("mergeStore", Store.class);
      api.fault(Fault.REFUSED);
      String json = "{\"id\":\"R1\",\"x\":\"%s\"}".formatted("x".repeat(10_000));
      Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", json))));
      patiently().until(() -> store.pendingCount() == 1);

      // When more comes than the folder could hold, but nothing new
      List<ProducerRecord<byte[], byte[]>> duplicates = new ArrayList<>();
      for (int i = 0; i < 2500; i++) {
        duplicates.add(new ProducerRecord<>(customers, message("m1", json)));
        duplicates.add(new ProducerRecord<>(customers, message("n" + i, json)));
      }
      Kafka.send(duplicates);
      Ledger ledger = running.bean("ledger", Ledger.class);
      patiently()
          .until(
              () ->
                  ledger.count(customers, Outcome.DUPLICATE_ID)
                          + ledger.count(customers, Outcome.DUPLICATE_CONTENT)
                      == duplicates.size());

      // Then
      long folder = Footprint.bytes(state);
      assertTrue(folder < STORE_OVERHEAD, folder + " bytes");
      api.fault(Fault.NONE);
      patiently().until(() -> store.pendingCount() == 0);
      assertEquals(List.of(json), api.records("customers"));
    }
  }

  private void assertHolds(Duration away, Volume volume) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (api;
        RunningTributary running = start(volume)) {
      // Given
      Store store = running.bean("mergeStore", Store.class);
      api.fault(Fault.REFUSED);
      Future<?> producer = thread.submit(() -> produce(volume));
      patiently().until(() -> store.pendingCount() >= MAX_PENDING);
      patiently().until(() -> GroupState.of(customers).members().size() == 2);
      GroupState group = GroupState.of(customers);
      Footprint before = Footprint.of(state);

      // When
      await().atMost(away.plusSeconds(60)).pollDelay(away).until(() -> true);

      // Then reading has paused, and nobody has left the group
      Footprint after = Footprint.of(state);
      System.out.printf(
          "API away for %s: produced %,d, pending %d, heap %+,d bytes, folder %,d then %,d bytes%n",
          away,
          produced,
          store.pendingCount(),
          after.heap() - before.heap(),
          before.folder(),
          after.folder());
      assertEquals(group, GroupState.of(customers));
      assertTrue(store.pendingCount() <= MAX_PENDING + 2, store.pendingCount() + " pending");
      assertTrue(Kafka.lag(customers, customers) > 2000, "nothing is left to read");
      long bound = (MAX_PENDING + 2L + 1) * volume.batchBytes;
      assertTrue(after.heap() - before.heap() < bound, before + " grew to " + after);
      assertTrue(after.folder() < bound + STORE_OVERHEAD, after.toString());

      // And when it returns, everything arrives in order
      producing = false;
      producer.get();
      api.fault(Fault.NONE);
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> Kafka.lag(customers, customers) + Kafka.lag(customers, products) == 0);
      patiently().until(() -> store.open() == null && store.pendingCount() == 0);
      Footprint end = Footprint.of(state);
      System.out.printf("and at the end: folder %,d bytes%n", end.folder());
      assertTrue(end.folder() < bound + STORE_OVERHEAD, end.toString());
      assertEquals(group, GroupState.of(customers));
      assertArrivedInOrder();
    } finally {
      producing = false;
      thread.shutdownNow();
    }
  }

  /** Each partition of each topic in turn; every tenth message twice. */
  private void produce(Volume volume) {
    try (KafkaProducer<byte[], byte[]> producer = Kafka.producer()) {
      for (int i = 0; producing; i++) {
        producer.send(record(i, volume));
        if (i % 10 == 0) {
          producer.send(record(i, volume));
        }
        produced = i + 1;
        LockSupport.parkNanos(SEND_EVERY_NANOS);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> record(int i, Volume volume) {
    String json = "{\"id\":\"R%d\",\"x\":\"%s\"}".formatted(i, volume.filling);
    String topic = i % 2 == 0 ? customers : products;
    return new ProducerRecord<>(topic, i / 2 % PARTITIONS, null, message("m" + i, json));
  }

  private void assertArrivedInOrder() {
    List<Integer> all = new ArrayList<>();
    for (String section : List.of("customers", "products")) {
      List<Integer> arrived =
          api.records(section).stream()
              .map(r -> Messages.json(r).get("id").asText())
              .map(id -> Integer.parseInt(id.substring(1)))
              .toList();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        int place = partition;
        List<Integer> ofPartition =
            arrived.stream().filter(i -> i / 2 % PARTITIONS == place).toList();
        assertEquals(ofPartition.stream().sorted().toList(), ofPartition, section + " " + place);
      }
      all.addAll(arrived);
    }
    assertEquals(IntStream.range(0, produced).boxed().toList(), all.stream().sorted().toList());
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60));
  }
}
