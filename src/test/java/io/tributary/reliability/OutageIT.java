package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.Footprint;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Patience;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.Rig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The packaged jar while the API is away and messages keep coming, and when it is back. */
@Tag("reliability")
class OutageIT {
  private static final int MAX_PENDING = 4;
  private static final int PARTITIONS = 2;
  private static final int PLACES = 2 * PARTITIONS;

  /** In memory with each record until it is handed over. */
  private static final byte[] PADDING = new byte[300];

  private static final Pattern NUMBER = Pattern.compile("\"id\":\"(\\d+)\"");

  /** A thread that is held up for longer than this is thrown out of its group. */
  private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(5);

  /** Less than the wait for the next flush interval. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private static final long HEAP_GROWTH = 4_000_000;
  private static final long FOLDER = 40_000_000;

  @RegisterExtension final Rig rig = new Rig(PARTITIONS, PARTITIONS);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void apiThatIsAway_stopsTheReadingOnlyAndGetsAllInOrderWithoutAPause() throws Exception {
    assertHolds(MAX_POLL_INTERVAL.plusSeconds(1), "0.3", 2_000);
  }

  @Tag("long")
  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void apiThatIsAwayForTwoMinutes_stopsTheReadingOnlyAndGetsAllInOrderWithoutAPause()
      throws Exception {
    assertHolds(Duration.ofMinutes(2), "1.5", 10_000);
  }

  /**
   * @param retryAfter seconds between two of the hundred attempts of a round, which lasts until the
   *     API is back
   */
  private void assertHolds(Duration away, String retryAfter, int messagesPerSecond)
      throws Exception {
    JarProcess process = start(retryAfter, messagesPerSecond / 4);
    await().until(() -> Kafka.members(customers).size() == 2);
    Set<String> members = Set.copyOf(Kafka.members(customers).keySet());
    try (Load load = new Load(messagesPerSecond)) {
      // Given
      api.answering((attempt, number) -> Answer.cut());
      await().until(() -> pending() >= MAX_PENDING);
      long heap = Footprint.heap(process);

      // When
      await().atMost(away.plus(Patience.LIMIT)).pollDelay(away).until(() -> true);

      // Then reading has paused, and nobody has left the group
      assertEquals(members, Kafka.members(customers).keySet());
      assertTrue(pending() <= MAX_PENDING + 2, pending() + " pending");
      assertTrue(Kafka.lag(customers, customers) > 2000, "nothing is left to read");
      long growth = Footprint.heap(process) - heap;
      assertTrue(growth < HEAP_GROWTH, "the heap has grown by " + growth);
      assertTrue(stored() < FOLDER, "the folder has " + stored());

      // And when it is back
      int sent = load.end();
      int before = api.attempts().size();
      long back = System.nanoTime();
      api.answering((attempt, number) -> Answer.status(200));
      await()
          .atMost(away.multipliedBy(4).plus(Patience.LIMIT))
          .until(() -> Kafka.lag(customers, customers) + Kafka.lag(customers, products) == 0);
      await().until(() -> pending() + figure("tributary_open_batch_messages") == 0);

      // Then
      List<Attempt> attempts = api.attempts().subList(before, api.attempts().size());
      Duration pause = longestPause(back, attempts);
      System.out.printf(
          "API away for %s, %,d messages, %d batches afterwards in %,d ms, longest pause %,d ms,"
              + " heap %+,d bytes%n",
          away,
          sent,
          attempts.size(),
          TimeUnit.NANOSECONDS.toMillis(attempts.get(attempts.size() - 1).nanoTime() - back),
          pause.toMillis(),
          growth);
      assertTrue(pause.compareTo(LONGEST_PAUSE) < 0, "a pause of " + pause);
      assertOnceInOrder(sent);
      assertEquals(members, Kafka.members(customers).keySet());
      assertTrue(stored() < FOLDER, "the folder has " + stored());
      assertEquals(0, figure("tributary_unaccounted_events"));
    }
  }

  private JarProcess start(String retryAfter, int batchMessages) throws Exception {
    return rig.jar()
        .set(Setting.MERGE_MAX_PENDING_BATCHES, MAX_PENDING)
        .set(Setting.MERGE_MAX_MESSAGES, batchMessages)
        .set(Setting.MERGE_FLUSH_INTERVAL, 5)
        .set(Setting.MAX_RETRIES, 100)
        .set(Setting.RETRY_BACKOFF_BASE, retryAfter)
        .set(Setting.RETRY_BACKOFF_MULTIPLIER, "1.0")
        .jvm("-Dcamel.component.kafka.max-poll-interval-ms=" + MAX_POLL_INTERVAL.toMillis())
        .start();
  }

  private double pending() {
    return figure("tributary_pending_batches");
  }

  private double figure(String name) {
    return management.figure(name).orElse(Double.NaN);
  }

  private long stored() {
    return Footprint.bytes(rig.state());
  }

  /** Between two batches; the last one waits for its window. */
  private static Duration longestPause(long start, List<Attempt> attempts) {
    long[] times =
        LongStream.concat(
                LongStream.of(start),
                attempts.subList(0, attempts.size() - 1).stream().mapToLong(Attempt::nanoTime))
            .toArray();
    return Duration.ofNanos(
        LongStream.range(1, times.length)
            .map(i -> times[(int) i] - times[(int) i - 1])
            .max()
            .orElseThrow());
  }

  /** The messages of each partition are numbered in steps. */
  private void assertOnceInOrder(int sent) {
    int[] next = {0, 1, 2, 3};
    for (String body : api.applied().values()) {
      Matcher number = NUMBER.matcher(body);
      while (number.find()) {
        int arrived = Integer.parseInt(number.group(1));
        assertEquals(next[arrived % PLACES], arrived);
        next[arrived % PLACES] += PLACES;
      }
    }
    assertTrue(Arrays.stream(next).allMatch(n -> n >= sent), Arrays.toString(next));
  }

  /** Each partition of each topic in turn; every tenth message twice. */
  private final class Load implements AutoCloseable {
    private final int perSecond;
    private final CompletableFuture<Integer> sent;
    private volatile boolean ended;

    Load(int perSecond) {
      this.perSecond = perSecond;
      this.sent = CompletableFuture.supplyAsync(this::send);
    }

    /** Ends it; how many messages the broker has then. */
    int end() {
      ended = true;
      return sent.join();
    }

    @Override
    public void close() {
      end();
    }

    private int send() {
      long start = System.nanoTime();
      int number = 0;
      try (KafkaProducer<byte[], byte[]> producer = Kafka.producer()) {
        while (!ended) {
          long due = (System.nanoTime() - start) * perSecond / TimeUnit.SECONDS.toNanos(1);
          for (; number < due; number++) {
            producer.send(record(number));
            if (number % 10 == 0) {
              producer.send(record(number));
            }
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
      }
      return number;
    }

    private ProducerRecord<byte[], byte[]> record(int number) {
      byte[] value = message("m" + number, "{\"id\":\"" + number + "\"}");
      String topic = number % 2 == 0 ? customers : products;
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, number / 2 % PARTITIONS, null, value);
      record.headers().add("padding", PADDING);
      return record;
    }
  }
}
