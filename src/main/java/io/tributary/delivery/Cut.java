package io.tributary.delivery;

import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.concurrent.Cancellable;

/** Ends whatever a call is waiting for when its time is up. Safe for several threads. */
final class Cut {
  private final List<Cancellable> waiting = new ArrayList<>();
  private boolean late;

  private Cut() {}

  /** For a call that has time. */
  static Cut inTime() {
    return new Cut();
  }

  /** Has something ended when the time is up; at once when it is. */
  synchronized void ends(Cancellable what) {
    waiting.add(what);
    if (late) {
      what.cancel();
    }
  }

  /** The time is up. */
  synchronized void now() {
    late = true;
    waiting.forEach(Cancellable::cancel);
  }

  synchronized boolean isLate() {
    return late;
  }
}
