package io.tributary.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replay or dry run, and how far it has come. Safe for several threads. */
public final class ReplayRun {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayRun.class);
  private static final int MOST_LINES = 1_000;
  private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

  /** How it stands. */
  public enum State {
    NONE,
    RUNNING,
    DONE,
    /** An operator has stopped it, or the process ends. */
    STOPPED,
    /** It could not go on; what was replayed until then stays so. */
    FAILED
  }

  /** What became of a dead letter that the filter let pass. */
  public enum Outcome {
    TO_REPLAY,
    REPLAYED,
    ALREADY_REPLAYED,
    UNUSABLE,
    REFUSED
  }

  private final ReplayFilter filter;
  private final boolean dry;
  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final List<String> lines = new ArrayList<>();
  private State state = State.RUNNING;
  private String message = "";
  private boolean stopped;
  private final CountDownLatch ended = new CountDownLatch(1);
  private long logged = System.nanoTime();

  private ReplayRun(ReplayFilter filter, boolean dry) {
    this.filter = filter;
    this.dry = dry;
  }

  static ReplayRun begin(ReplayFilter filter, boolean dry) {
    return new ReplayRun(filter, dry);
  }

  /** What stands here before the first one. */
  static ReplayRun none() {
    ReplayRun none = new ReplayRun(ReplayFilter.parse("", "", "", ""), true);
    none.state = State.NONE;
    return none;
  }

  ReplayFilter filter() {
    return filter;
  }

  boolean isDry() {
    return dry;
  }

  public synchronized State state() {
    return state;
  }

  /** Why it ended, if it is not done. */
  public synchronized String message() {
    return message;
  }

  /** Dead letters with this outcome so far. */
  public synchronized int count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  /** Dead letters that the filter let pass so far. */
  public synchronized int found() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  synchronized boolean isStopped() {
    return stopped;
  }

  synchronized void stop() {
    stopped = true;
  }

  synchronized void add(StoredLetter letter, Outcome outcome, String detail) {
    counts.merge(outcome, 1, Integer::sum);
    String words = outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (lines.size() < MOST_LINES) {
      lines.add(
          "%s %s %s %s: %s%s"
              .formatted(
                  letter.place(),
                  letter.time(),
                  letter.reason(),
                  letter.isBatch() ? letter.eventId() : letter.source(),
                  words,
                  detail.isEmpty() ? "" : ", " + detail));
    }
    if (System.nanoTime() - logged > LOG_INTERVAL_NANOS) {
      logged = System.nanoTime();
      LOG.info("{}", summary());
    }
  }

  synchronized void end(State how, String why) {
    state = how;
    message = why;
    LOG.info("{}", summary());
    ended.countDown();
  }

  /** Waits for its end; whether it has come. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The figures in one line. */
  public synchronized String summary() {
    String name = dry ? "Dry run of a replay" : "Replay";
    return "%s %s: found=%d, to replay=%d, replayed=%d, already replayed=%d, unusable=%d, refused=%d%s"
        .formatted(
            name,
            state,
            found(),
            count(Outcome.TO_REPLAY),
            count(Outcome.REPLAYED),
            count(Outcome.ALREADY_REPLAYED),
            count(Outcome.UNUSABLE),
            count(Outcome.REFUSED),
            message.isEmpty() ? "" : "; " + message);
  }

  /** The figures, and a line for each of the first thousand dead letters; never a body. */
  public synchronized String report() {
    return state == State.NONE ? "No replay since the start" : summary() + listed();
  }

  private String listed() {
    String all = lines.isEmpty() ? "" : "\n" + String.join("\n", lines);
    int more = found() - lines.size();
    return more > 0 ? all + "\n… and " + more + " more" : all;
  }
}
