package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.batch.CompletionReason;
import io.tributary.batch.Limits;
import io.tributary.store.Store;
import java.time.Clock;
import java.time.Duration;

/**
 * The open batch, as the route sees it that completes it in time. Camel's own completion timeout
 * begins anew with each message, and forgets a completion that fails. For the route's thread;
 * {@link #windowMillis()} is safe for several.
 */
public final class OpenBatch {
  /** The route looks ten times a second, and must not be late. */
  private static final long NEXT_LOOK_MILLIS = 100;

  private final Store store;
  private final BatchLimits limits;
  private final Clock clock;
  private long lastLook = Long.MIN_VALUE;
  private volatile boolean setBack;
  private volatile long windowMillis;

  /**
   * @param window until the route has named another one
   */
  public OpenBatch(Store store, BatchLimits limits, Duration window, Clock clock) {
    this.store = store;
    this.limits = limits;
    this.windowMillis = window.toMillis();
    this.clock = clock;
  }

  /**
   * The time since its first message, as it will be at the next look. 0 when there is nothing to
   * complete, or it could not be stored; the longest time of all when the clock was set back.
   */
  public long ageMillis() {
    long now = clock.millis();
    Batch open = store.open();
    long age = open == null ? 0 : now - open.openedAt();
    setBack = now < lastLook || age < 0;
    lastLook = now;
    if (open == null || open.messages() == 0 || !store.isUsable()) {
      return 0;
    }
    return setBack ? Long.MAX_VALUE : age + NEXT_LOOK_MILLIS;
  }

  /**
   * How old it may become: the fuller it is, in messages or in bytes, the less.
   *
   * @param empty milliseconds for a batch in which nearly nothing is
   * @param full milliseconds for a batch that is full
   */
  public long windowMillis(long empty, long full) {
    Batch open = store.open();
    double fill = 0;
    if (open != null && full != empty) {
      Limits most = limits.now();
      fill =
          Math.max(
              (double) open.messages() / most.maxMessages(),
              (double) open.payloadBytes() / most.maxPayloadBytes());
    }
    windowMillis = Math.round(empty - Math.min(1, fill) * (empty - full));
    return windowMillis;
  }

  /** What the route has named last. */
  public long windowMillis() {
    return windowMillis;
  }

  /** Why it is completed when it is not full: its time is over, or somebody cannot wait. */
  CompletionReason reasonWhenForced() {
    Batch open = store.open();
    long age = open == null ? 0 : clock.millis() - open.openedAt();
    return !setBack && age + NEXT_LOOK_MILLIS < windowMillis
        ? CompletionReason.OPERATOR
        : CompletionReason.WINDOW;
  }
}
