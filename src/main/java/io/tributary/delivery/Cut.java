package io.tributary.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.concurrent.Cancellable;

/** Ends whatever a call is waiting for when its time is up. Safe for several threads. */
final class Cut {
  private final List<Cancellable> waiting = new ArrayList<>();
  private final long end;

  private Cut(long end) {
    this.end = end;
  }

  /** For a call that begins now and may take so long; {@link #now} is to be called after that. */
  static Cut after(Duration time) {
    return new Cut(System.nanoTime() + time.toNanos());
  }

  /** Has something ended when the time is up; at once when it is. */
  synchronized void ends(Cancellable what) {
    waiting.add(what);
    if (isLate()) {
      what.cancel();
    }
  }

  /** Ends everything, since the time is up. */
  synchronized void now() {
    waiting.forEach(Cancellable::cancel);
  }

  /**
   * Whether the time is up, whatever noticed it first: {@link #now}, or a limit of the connection's
   * own.
   */
  boolean isLate() {
    return System.nanoTime() - end >= 0;
  }
}
