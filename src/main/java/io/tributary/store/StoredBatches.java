package io.tributary.store;

import io.tributary.batch.Batch;
import io.tributary.batch.BatchDocument;
import io.tributary.batch.BatchJson;
import io.tributary.batch.BatchPart;
import io.tributary.batch.Fragment;
import io.tributary.batch.MessageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link Store} holds, as it can be looked at; changed by the store only. Safe for several
 * threads.
 */
public abstract sealed class StoredBatches permits Store {
  final PendingBatches pending = PendingBatches.none();
  final MessageBalance balance = MessageBalance.even();
  volatile @Nullable Batch open;

  StoredBatches() {}

  /** All fragments of a batch. */
  abstract List<Fragment> stored(Batch batch);

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

  /** The pending batches that need more attempts, oldest first. */
  public List<Batch> unsettled() {
    return pending.unsettled();
  }

  /** The oldest pending batch that needs more attempts; null when there is none. */
  public @Nullable Batch oldestUnsettled() {
    return pending.oldestUnsettled();
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

  /**
   * The document of a completed batch; the same bytes each time.
   *
   * @throws StoreException when it cannot be read
   */
  public BatchDocument document(Batch batch) {
    return BatchJson.write(batch, fragments(batch));
  }

  /** Where the one message of a batch stood; null when it has several. */
  public @Nullable MessageSource source(Batch batch) {
    return batch.messages() == 1 ? fragments(batch).get(0).firstSource() : null;
  }

  private List<Fragment> fragments(Batch batch) {
    BatchPart part = batch.part();
    List<Fragment> all = stored(batch);
    return part == null ? all : Fragment.slice(all, part.from(), part.to());
  }
}
