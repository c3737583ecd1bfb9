package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged jar at random moments while messages flow, and looks at what arrived. The
 * number of rounds and the seed are the system properties {@code chaos.rounds} and {@code
 * chaos.seed}.
 */
@Tag("reliability")
class KillLoopIT {
  private static final int ROUNDS = Integer.getInteger("chaos.rounds", 8);
  private static final long SEED = Long.getLong("chaos.seed", 20240208);
  private static final int LONGEST_LIFE_MILLIS = 6000;
  private static final long SEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final String customers = Kafka.topic("customers", 3);
  private final String products = Kafka.topic("products", 2);
  private final List<String> produced = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean producing = true;

  @TempDir Path folder;

  private JarProcess start(RecordingApi api) throws Exception {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.ANALYTICS_API_BASE_URL, api.url())
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.MERGE_MAX_MESSAGES, 100)
        .set(Setting.RETRY_BACKOFF_BASE, "0.1")
        .set(Setting.LOG_LEVEL, "ERROR")
        .start();
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void killedAtRandomMoments_losesNothingAndDoublesNothing() throws Exception {
    Random random = new Random(SEED);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (RecordingApi api = new RecordingApi()) {
      // Given an API that now and then applies a batch and does not say so
      Random moods = new Random(SEED + 1);
      api.answering(
          (attempt, number) ->
              switch (moods.nextInt(10)) {
                case 0 -> Answer.status(503);
                case 1 -> Answer.appliedButCut();
                default -> Answer.status(200);
              });
      Future<?> producer = thread.submit(this::produce);

      // When
      for (int round = 0; round < ROUNDS; round++) {
        try (JarProcess process = start(api)) {
          await()
              .pollDelay(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MILLIS)))
              .until(() -> true);
          process.kill();
        }
      }
      producing = false;
      producer.get();

      // Then
      try (JarProcess process = start(api)) {
        await()
            .atMost(Duration.ofSeconds(90))
            .until(() -> delivered(api).size() >= Set.copyOf(produced).size());
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> Kafka.lag(customers, customers) + Kafka.lag(customers, products) == 0);
      }
      assertSame(produced, delivered(api));
      Map<String, Long> bodies =
          api.attempts().stream()
              .collect(
                  Collectors.groupingBy(
                      RecordingApi.Attempt::key,
                      Collectors.mapping(
                          RecordingApi.Attempt::body,
                          Collectors.collectingAndThen(
                              Collectors.toSet(), set -> (long) set.size()))));
      assertEquals(Set.of(1L), new HashSet<>(bodies.values()), "one body for each key");
    } finally {
      producing = false;
      thread.shutdownNow();
    }
  }

  private void produce() {
    try (KafkaProducer<byte[], byte[]> producer = Kafka.producer()) {
      for (int i = 0; producing; i++) {
        String topic = i % 2 == 0 ? customers : products;
        String record = "{\"id\":\"R" + i + "\",\"number\":" + i + "}";
        byte[] value = message("m" + i, record);
        producer.send(new ProducerRecord<>(topic, ("k" + i).getBytes(UTF_8), value));
        if (i % 10 == 0) {
          producer.send(new ProducerRecord<>(topic, ("k" + i).getBytes(UTF_8), value));
        }
        produced.add(record);
        LockSupport.parkNanos(SEND_EVERY_NANOS);
      }
    }
  }

  private static List<String> delivered(RecordingApi api) {
    List<String> records = new ArrayList<>();
    for (String body : api.applied().values()) {
      records.addAll(records(body, "customers"));
      records.addAll(records(body, "products"));
    }
    return records;
  }

  private static void assertSame(List<String> produced, List<String> delivered) {
    Set<String> lost = new HashSet<>(produced);
    delivered.forEach(lost::remove);
    List<String> doubled = new ArrayList<>(delivered);
    new HashSet<>(delivered).forEach(doubled::remove);
    assertEquals(List.of(), lost.stream().sorted().limit(10).toList(), lost.size() + " lost");
    assertEquals(List.of(), doubled.stream().limit(10).toList(), doubled.size() + " doubled");
  }
}
