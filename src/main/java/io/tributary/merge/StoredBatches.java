package io.tributary.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link MergeStore} holds, as it can be looked at; changed by the store only. Safe for
 * several threads.
 */
public abstract sealed class StoredBatches permits MergeStore {
  final PendingBatches pending = PendingBatches.none();
  final MessageBalance balance = MessageBalance.even();
  volatile @Nullable Batch open;

  StoredBatches() {}

  /** All fragments of a batch. */
  abstract List<StoredFragment> stored(Batch batch);

  /** The open batch; null when there is none. */
  public @Nullable Batch open() {
    return open;
  }

  /** The completed batches that are not yet delivered, oldest first. */
  public List<Batch> pending() {
    return pending.all();
  }

  /** The number of completed batches that are not yet delivered. */
  public int pendingCount() {
    return pending.count();
  }

  /** Whether the batch is pending and unsettled, and no older one is. */
  public boolean isTurnOf(Batch batch) {
    return pending.isTurnOf(batch);
  }

  /** What is to be sent of a pending batch: itself, or the next of its parts. */
  public Batch next(Batch batch) {
    return pending.next(batch);
  }

  /**
   * Messages that were stored, by this process or found in the folder at its start, and are neither
   * settled nor open nor pending: always 0.
   */
  public long unaccountedMessages() {
    synchronized (balance) {
      return balance.missing(open, pending.unsettled());
    }
  }

  /** Whether a batch, or a part of one, can be cut between its messages. */
  public boolean canBeHalved(Batch batch) {
    return batch.messages() > 1
        && stored(batch).stream().allMatch(fragment -> fragment.messages() != null);
  }

  /**
   * The document of a completed batch; the same bytes each time.
   *
   * @throws StateException when it cannot be read
   */
  public BatchDocument document(Batch batch) {
    return BatchJson.write(batch, fragments(batch));
  }

  /** Where the one message of a batch stood; null when it has several, or that was not stored. */
  public @Nullable MessageSource source(Batch batch) {
    return batch.messages() == 1 ? StoredFragment.source(fragments(batch)) : null;
  }

  private List<StoredFragment> fragments(Batch batch) {
    BatchPart part = batch.part();
    List<StoredFragment> all = stored(batch);
    return part == null ? all : StoredFragment.slice(all, part.from(), part.to());
  }
}
