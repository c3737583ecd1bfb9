package io.tributary.delivery;

import java.time.Clock;
import java.time.Instant;

/** What the API said last, and since when it says so. Safe for several threads. */
public final class ApiState {
  public enum Kind {
    /** Nothing has been sent yet. */
    UNKNOWN,
    /** It takes batches. */
    ACCEPTING,
    /** It does not answer, or cannot take a batch now. */
    UNAVAILABLE,
    /** It refuses for a reason that is not the batch's: credentials, path, a redirect. */
    REFUSING
  }

  /**
   * What the API said.
   *
   * @param kind what it comes to
   * @param detail the status, or what went wrong instead of an answer
   * @param since when the first answer of this kind in a row came
   */
  public record Answer(Kind kind, String detail, Instant since) {}

  private final Clock clock;
  private volatile Answer last;

  public ApiState(Clock clock) {
    this.clock = clock;
    this.last = new Answer(Kind.UNKNOWN, "nothing sent yet", clock.instant());
  }

  public Answer last() {
    return last;
  }

  synchronized void answered(Kind kind, String detail) {
    Instant since = last.kind() == kind ? last.since() : clock.instant();
    last = new Answer(kind, detail, since);
  }
}
