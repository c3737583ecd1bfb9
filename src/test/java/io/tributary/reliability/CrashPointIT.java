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
import io.tributary.support.RecordingApi.Script;
import io.tributary.support.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Halts a process at each step while messages flow, starts another one on the same state folder,
 * and looks at what has arrived. Prints a table at the end.
 */
@Tag("reliability")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CrashPointIT {
  /** The steps that are tried in every build: one in each part of a record's way. */
  private static final List<CrashPoint> TELLING =
      List.of(
          CrashPoint.STORED,
          CrashPoint.DEAD_LETTERS_SENT,
          CrashPoint.COMPLETED,
          CrashPoint.ANSWER_UNREAD,
          CrashPoint.CONFIRMING);

  /** What the store holds when the process is halted, and what becomes of it. */
  private enum Case {
    FIRST,
    LATER,
    /** The state folder is deleted before the next start. */
    DELETED
  }

  private static final int KILLED = 128 + 9;
  private static final String ROW = "%-75s %7s %10s %5s %8s %11s %13s%n";
  private static final List<String> TABLE = new ArrayList<>();

  @RegisterExtension final Rig rig = new Rig(2, 3);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final String deadLetters = rig.deadLetters();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void haltedAgainAndAgain_losesNothingAndDoublesNothing() throws Exception {
    assertNothingIsLostOrDoubled(Case.LATER, TELLING);
  }

  @Tag("long")
  @ParameterizedTest(name = "halted {0}, when the store holds something")
  @EnumSource
  void haltedLater_losesNothingAndDoublesNothing(CrashPoint point) throws Exception {
    assertNothingIsLostOrDoubled(Case.LATER, List.of(point));
  }

  @Tag("long")
  @ParameterizedTest(name = "halted {0}, the first time")
  @EnumSource
  void haltedAtTheFirstPass_losesNothingAndDoublesNothing(CrashPoint point) throws Exception {
    assertNothingIsLostOrDoubled(Case.FIRST, List.of(point));
  }

  /** With the folder goes the memory of duplicates, so what the producer sends again can come. */
  @Tag("long")
  @ParameterizedTest(name = "halted {0}, and the state folder deleted")
  @EnumSource
  void haltedAndFolderDeleted_losesNothing(CrashPoint point) throws Exception {
    assertNothingIsLostOrDoubled(Case.DELETED, List.of(point));
  }

  @AfterAll
  static void printTable() {
    System.out.printf(
        ROW, "halted", "case", "recovery s", "lost", "doubled", "POSTs again", "letters again");
    TABLE.forEach(System.out::print);
  }

  /** Halts a process at each point in turn, and looks at what the last one makes of it. */
  private void assertNothingIsLostOrDoubled(Case how, List<CrashPoint> points) throws Exception {
    try (CrashFeed feed = new CrashFeed(customers, products)) {
      // Given
      for (CrashPoint point : points) {
        haltWhileMessagesFlow(point, how == Case.FIRST ? 1 : point.laterPass(), feed);
      }
      if (how == Case.DELETED) {
        deleteState();
      }
      feed.send(50);

      // When
      long start = System.nanoTime();
      try (JarProcess process = tributary().start()) {
        await().until(() -> isAllCommittedBy(process));
        await().until(this::isStoreEmpty);
        double seconds = (System.nanoTime() - start) / 1e9;

        // Then
        Arrivals arrivals = Arrivals.of(feed, api, deadLetters);
        TABLE.add(row(points, how, seconds, arrivals));
        assertEquals(List.of(), arrivals.lost(), "lost");
        if (how != Case.DELETED) {
          assertEquals(List.of(), arrivals.doubled(), "doubled");
        }
        assertEquals(0, figure("tributary_unaccounted_events"));
      }
    }
  }

  private void haltWhileMessagesFlow(CrashPoint point, int pass, CrashFeed feed) throws Exception {
    CompletableFuture<JarProcess> victim = new CompletableFuture<>();
    api.answering(point.isAtTheApi() ? killing(victim, pass) : inMood(point));
    feed.send(200);
    JarProcess process = crashing(point, pass).start();
    victim.complete(process);
    await().until(() -> !process.isAlive() || isMoreSent(feed));
    int expected = point.isAtTheApi() ? KILLED : Crash.STATUS;
    assertEquals(expected, process.awaitExit(), process.output());
  }

  /** Goes on sending; always false. */
  private static boolean isMoreSent(CrashFeed feed)
      throws ExecutionException, InterruptedException {
    feed.send(6);
    return false;
  }

  private void deleteState() throws IOException {
    try (Stream<Path> files = Files.walk(rig.state())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Script inMood(CrashPoint point) {
    return (attempt, number) -> {
      boolean refuses = point.needsRefusals() && attempt.body().contains(CrashFeed.REFUSED);
      return Answer.status(refuses ? 422 : 200);
    };
  }

  /** Applies the batches, and kills the process before it can read its answer to one of them. */
  private static Script killing(CompletableFuture<JarProcess> victim, int pass) {
    AtomicInteger attempts = new AtomicInteger();
    return (attempt, number) -> {
      if (attempts.incrementAndGet() != pass) {
        return Answer.status(200);
      }
      victim.join().kill();
      return Answer.appliedButCut();
    };
  }

  private boolean isAllCommittedBy(JarProcess process) {
    assertTrue(process.isAlive(), process::output);
    return Kafka.lag(customers, customers) + Kafka.lag(customers, products) == 0;
  }

  private boolean isStoreEmpty() {
    return figure("tributary_open_batch_messages") + figure("tributary_pending_batches") == 0;
  }

  /** A figure without tags, as a dashboard reads it. */
  private double figure(String name) {
    return management.figure(name).orElse(Double.NaN);
  }

  private static String row(List<CrashPoint> points, Case how, double seconds, Arrivals arrivals) {
    return ROW.formatted(
        points.size() == 1 ? points.get(0) : points.size() + " times, at one step after the other",
        how.name().toLowerCase(Locale.ROOT),
        "%.1f".formatted(seconds),
        arrivals.lost().size(),
        arrivals.doubled().size(),
        arrivals.sentAgain(),
        arrivals.deadLettersAgain());
  }

  private JarProcess.Builder crashing(CrashPoint point, int pass) {
    if (point.isAtTheApi()) {
      return tributary();
    }
    return tributary()
        .running(CrashingTributary.class)
        .variable(CrashingTributary.STEP, point.step())
        .variable(CrashingTributary.SIDE, point.side())
        .variable(CrashingTributary.PASS, pass);
  }

  private JarProcess.Builder tributary() {
    return rig.jar()
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.MERGE_MAX_MESSAGES, 40)
        .set(Setting.RETRY_BACKOFF_BASE, "0.1")
        .set(Setting.LOG_LEVEL, "ERROR");
  }
}
