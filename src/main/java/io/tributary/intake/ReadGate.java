package io.tributary.intake;

import io.tributary.store.Store;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether Kafka is read: not while as many batches are pending as may be, nor while the
 * store cannot be written or its disk is nearly full, nor while an operator has paused the intake,
 * nor when the process stops. Safe for several threads.
 */
public final class ReadGate {
  private final Store store;
  private final int maxPendingBatches;
  private final Clock clock;
  private volatile @Nullable Pause pause;
  private volatile boolean ended;
  private volatile boolean held;

  public ReadGate(Store store, int maxPendingBatches, Clock clock) {
    this.store = store;
    this.maxPendingBatches = maxPendingBatches;
    this.clock = clock;
  }

  /** Who has paused the intake, in their own words, and since when. */
  public record Pause(String by, Instant since) {
    @Override
    public String toString() {
      return "paused by " + by + " since " + since;
    }
  }

  /** Whether records may be read. */
  public boolean isOpen() {
    return store.isUsable() && reason() == null;
  }

  /** Why records may not be read; null when they may. */
  public @Nullable String reason() {
    Pause paused = pause;
    if (paused != null) {
      return paused.toString();
    }
    String trouble = store.trouble();
    if (trouble != null) {
      return trouble;
    }
    if (store.pendingCount() >= maxPendingBatches) {
      return "as many batches are pending as may be";
    }
    return ended ? "the process stops" : held ? "routes are being exchanged" : null;
  }

  /** Pauses the intake until {@link #resume}; one that is paused keeps its first pause. */
  public synchronized void pause(String by) {
    if (pause == null) {
      pause = new Pause(by, clock.instant());
    }
  }

  /** Ends what {@link #pause} began; whether there was something to end. */
  public synchronized boolean resume() {
    boolean wasPaused = pause != null;
    pause = null;
    return wasPaused;
  }

  /** The operator's pause; null when there is none. */
  public @Nullable Pause pause() {
    return pause;
  }

  /** Closes while routes are exchanged, until {@link #release}. */
  public void hold() {
    held = true;
  }

  /** Ends what {@link #hold} began; a pause or an end stays. */
  public void release() {
    held = false;
  }

  /** Closes for good, since the process stops: that is nothing that an operator must hear of. */
  public void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }
}
