package io.tributary.merge;

import java.time.Clock;
import java.time.Duration;

/**
 * The time for which a batch stays open, from its first message on. Camel's own completion timeout
 * begins anew with each message, and forgets a completion that fails. Safe for several threads.
 */
public final class MergeWindow {
  private static final Duration CHECK = Duration.ofMillis(100);

  private final MergeStore store;
  private final Clock clock;
  private final long millis;

  /**
   * A window that is over a little early, since it is looked at every 100 ms only.
   *
   * @param longest time from a batch's first message to its completion
   */
  public MergeWindow(MergeStore store, Clock clock, Duration longest) {
    this.store = store;
    this.clock = clock;
    this.millis = Math.max(0, longest.minus(CHECK).toMillis());
  }

  /** Whether the open batch is to be completed now; also when the clock was set back. */
  public boolean isOver() {
    Batch open = store.open();
    if (open == null || open.messages() == 0) {
      return false;
    }
    long age = clock.millis() - open.openedAt();
    return (age >= millis || age < 0) && store.isUsable();
  }
}
