package io.tributary.merge;

import java.time.Clock;
import java.time.Duration;

/**
 * How long the open batch may still stay open. Camel's own completion timeout would begin anew with
 * each message, and a steady stream would never complete. Safe for several threads.
 */
public final class MergeWindow {
  /** How often the aggregator looks for batches whose time is over, in milliseconds. */
  public static final long CHECK_MILLIS = 100;

  private final MergeStore store;
  private final Clock clock;
  private final long windowMillis;

  /**
   * @param window longest time from a batch's first message to its completion
   */
  public MergeWindow(MergeStore store, Clock clock, Duration window) {
    this.store = store;
    this.clock = clock;
    this.windowMillis = Math.max(1, window.toMillis() - CHECK_MILLIS);
  }

  /** Milliseconds until the open batch is to be completed, 1 at least. */
  public long remainingMillis() {
    Batch open = store.open();
    return open == null || open.messages() == 0 ? windowMillis : remainingMillis(open);
  }

  long remainingMillis(Batch open) {
    long remaining = open.openedAt() + windowMillis - clock.millis();
    return Math.max(1, Math.min(windowMillis, remaining));
  }
}
