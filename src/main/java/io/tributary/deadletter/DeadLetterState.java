package io.tributary.deadletter;

import io.tributary.logging.LogText;
import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterState.class);

  private final Clock clock;
  private volatile Outcome last;
  private boolean reported;

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
    report(failure);
  }

  /** Once; of one that is too large for the topic, whoever has sent it says so. */
  private void report(@Nullable Exception failure) {
    if (failure == null) {
      if (reported) {
        LOG.info("Dead letters can be written again");
      }
      reported = false;
    } else if (!reported && !(failure instanceof RecordTooLargeException)) {
      LOG.error(
          "Dead letters cannot be written, what they belong to is kept and tried again: {}",
          LogText.oneLine(failure.toString()));
      reported = true;
    }
  }
}
