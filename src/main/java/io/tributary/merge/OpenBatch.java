package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.store.Store;
import java.time.Clock;

/**
 * The open batch, as the route sees it that completes it in time. Camel's own completion timeout
 * begins anew with each message, and forgets a completion that fails. For one thread.
 */
public final class OpenBatch {
  /** The route looks ten times a second, and must not be late. */
  private static final long NEXT_LOOK_MILLIS = 100;

  private final Store store;
  private final Clock clock;
  private long lastLook = Long.MIN_VALUE;

  public OpenBatch(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * The time since its first message, as it will be at the next look. 0 when there is nothing to
   * complete, or it could not be stored; the longest time of all when the clock was set back.
   */
  public long ageMillis() {
    long now = clock.millis();
    boolean setBack = now < lastLook;
    lastLook = now;
    Batch open = store.open();
    if (open == null || open.messages() == 0 || !store.isUsable()) {
      return 0;
    }
    long age = now - open.openedAt();
    return setBack || age < 0 ? Long.MAX_VALUE : age + NEXT_LOOK_MILLIS;
  }
}
