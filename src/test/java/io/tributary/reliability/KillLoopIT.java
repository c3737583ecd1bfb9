package io.tributary.reliability;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Kills the packaged jar with SIGKILL at random moments while messages flow, and compares what
 * arrived with what was sent. Half of the lives end during the start, a quarter while what was left
 * over is delivered, a quarter when all of that is done. The system properties {@code chaos.rounds}
 * and {@code chaos.seed} say how often, and with which random numbers.
 */
@Tag("reliability")
class KillLoopIT {
  private static final int ROUNDS = Integer.getInteger("chaos.rounds", 4);
  private static final long SEED = Long.getLong("chaos.seed", 1L);
  private static final int LONGEST_MILLIS = 60_000;

  @RegisterExtension final Rig rig = new Rig(3, 2);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final String deadLetters = rig.deadLetters();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final List<Life> lives = new ArrayList<>();

  /** From when on the moment of a life's end is counted, and how long it can be after that. */
  private enum From {
    START(3000),
    FIRST_BATCH(1000),
    CAUGHT_UP(1000);

    private final int longestMillis;

    From(int longestMillis) {
      this.longestMillis = longestMillis;
    }

    static From of(int round) {
      return round % 2 == 0 ? START : round % 4 == 1 ? FIRST_BATCH : CAUGHT_UP;
    }
  }

  /** What a life was like, in milliseconds after its start; -1 where it was too short for that. */
  private record Life(long length, long firstBatch, long caughtUp, OptionalDouble unaccounted) {}

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void killedAtRandomMoments_losesNothingAndDoublesNothing() throws Exception {
    Random random = new Random(SEED);
    // Given an API that is slow, and now and then applies a batch and does not say so
    Random moods = new Random(SEED + 1);
    api.answering((attempt, number) -> moody(moods));
    Deliveries deliveries = new Deliveries(api);
    SteadyProducer producer = new SteadyProducer(customers, products);

    // When
    try (producer) {
      for (int round = 0; round < ROUNDS; round++) {
        From from = From.of(round);
        int moment = random.nextInt(from.longestMillis);
        lives.add(live(from, moment, producer.count(), deliveries));
      }
    }

    // Then
    int sent = producer.count();
    try (JarProcess process = start()) {
      await().until(() -> deliveries.haveAllBefore(sent));
      await().until(() -> Kafka.lag(customers, customers) + Kafka.lag(customers, products) == 0);
      assertEquals(OptionalDouble.of(0), unaccounted());
    }
    print(sent, deliveries);
    assertEquals(List.of(), deliveries.lost(sent));
    assertEquals(List.of(), deliveries.doubled());
    assertEquals(List.of(), deliveries.keysWithSeveralBodies());
    assertEquals(producer.malformed(), distinctDeadLetters());
    List<Double> figures =
        lives.stream().flatMap(life -> life.unaccounted().stream().boxed()).distinct().toList();
    assertEquals(List.of(0.0), figures);
  }

  private JarProcess start() throws Exception {
    return rig.jar()
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.MERGE_MAX_MESSAGES, 100)
        .set(Setting.RETRY_BACKOFF_BASE, "0.1")
        .set(Setting.LOG_LEVEL, "ERROR")
        .start();
  }

  private static Answer moody(Random moods) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(moods.nextInt(40)));
    return switch (moods.nextInt(10)) {
      case 0 -> Answer.status(503);
      case 1 -> Answer.appliedButCut();
      default -> Answer.status(200);
    };
  }

  /** One life; it has caught up when all that was sent before it is at the API. */
  private Life live(From from, int moment, int before, Deliveries deliveries) throws Exception {
    int batches = deliveries.batches();
    long start = System.nanoTime();
    JarProcess process = start();
    long firstBatch = -1;
    long caughtUp = -1;
    long end = from == From.START ? moment : LONGEST_MILLIS;
    for (long age = 0; age < end; age = millisSince(start)) {
      if (firstBatch < 0 && deliveries.batches() > batches) {
        firstBatch = age;
        end = from == From.FIRST_BATCH ? age + moment : end;
      }
      if (caughtUp < 0 && before > 0 && deliveries.haveAllBefore(before)) {
        caughtUp = age;
        end = from == From.CAUGHT_UP ? age + moment : end;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(10, end - age)));
    }
    OptionalDouble unaccounted = unaccounted();
    long length = millisSince(start);
    assertTrue(process.isAlive(), process::output);
    process.kill();
    return new Life(length, firstBatch, caughtUp, unaccounted);
  }

  private static long millisSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }

  /** Empty while the process does not answer yet. */
  private OptionalDouble unaccounted() {
    return management.figure("tributary_unaccounted_events");
  }

  /** A crash between a dead letter and its commit writes it again. */
  private int distinctDeadLetters() {
    return (int)
        Kafka.read(deadLetters).stream()
            .map(letter -> Arrays.hashCode(letter.value()))
            .distinct()
            .count();
  }

  private void print(int sent, Deliveries deliveries) {
    System.out.printf("%nKill loop, seed %d; milliseconds after the start%n", SEED);
    System.out.println("round killed after       killed  first batch  caught up  unaccounted");
    for (int i = 0; i < lives.size(); i++) {
      Life life = lives.get(i);
      System.out.printf(
          "%5d %-15s %9d %12s %10s %12s%n",
          i + 1,
          From.of(i).name().toLowerCase(Locale.ROOT).replace('_', ' '),
          life.length(),
          figure(life.firstBatch()),
          figure(life.caughtUp()),
          life.unaccounted().isPresent() ? life.unaccounted().getAsDouble() : "-");
    }
    long[] recoveries =
        lives.stream().mapToLong(Life::caughtUp).filter(millis -> millis >= 0).sorted().toArray();
    System.out.printf(
        "%d kills, %d messages in %d batches: %d lost, %d doubled; caught up in %d lives,"
            + " median %s ms, longest %s ms%n%n",
        lives.size(),
        sent,
        deliveries.batches(),
        deliveries.lost(sent).size(),
        deliveries.doubled().size(),
        recoveries.length,
        recoveries.length == 0 ? "-" : recoveries[recoveries.length / 2],
        recoveries.length == 0 ? "-" : recoveries[recoveries.length - 1]);
  }

  private static String figure(long millis) {
    return millis < 0 ? "-" : Objects.toString(millis);
  }
}
