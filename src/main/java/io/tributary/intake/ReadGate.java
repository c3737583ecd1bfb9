package io.tributary.intake;

import io.tributary.merge.MergeStore;

/**
 * Decides whether Kafka is read: not while as many batches are pending as may be, nor while the
 * store cannot be written or its disk is nearly full, nor while an operator has paused the intake,
 * nor when the process stops. Safe for several threads.
 */
public final class ReadGate {
  private final MergeStore store;
  private final int maxPendingBatches;
  private volatile boolean paused;
  private volatile boolean ended;

  public ReadGate(MergeStore store, int maxPendingBatches) {
    this.store = store;
    this.maxPendingBatches = maxPendingBatches;
  }

  /** Whether records may be read. */
  public boolean isOpen() {
    return !paused
        && !ended
        && store.pendingCount() < maxPendingBatches
        && store.isUsable()
        && store.hasRoom();
  }

  /** Closes for good, since the process stops: that is nothing that an operator must hear of. */
  public void end() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Pauses the intake until {@link #resume}. */
  public void pause() {
    paused = true;
  }

  /** Ends what {@link #pause} began. */
  public void resume() {
    paused = false;
  }
}
