package io.tributary.deadletter;

import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the dead-letter topic took what was written to it last. Safe for several threads. */
public final class DeadLetterState {
  /** What the last write came to. */
  public enum Kind {
    /** Nothing has been written since the start. */
    UNTRIED,
    WRITABLE,
    NOT_WRITABLE
  }

  /**
   * The outcome of the last write.
   *
   * @param detail why it failed; empty when it did not
   * @param since when the first of this kind in a row was
   */
  public record Outcome(Kind kind, String detail, Instant since) {}

  private final Clock clock;
  private volatile Outcome last;

  public DeadLetterState(Clock clock) {
    this.clock = clock;
    this.last = new Outcome(Kind.UNTRIED, "", clock.instant());
  }

  /** What the last write came to. */
  public Outcome last() {
    return last;
  }

  /** A write has ended; null when the topic has taken it. */
  synchronized void written(@Nullable Exception failure) {
    Kind kind = failure == null ? Kind.WRITABLE : Kind.NOT_WRITABLE;
    Instant since = last.kind() == kind ? last.since() : clock.instant();
    last = new Outcome(kind, failure == null ? "" : failure.toString(), since);
  }
}
