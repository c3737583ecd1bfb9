package io.tributary.merge;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Event;
import io.tributary.intake.Fingerprint;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches that are not yet delivered, in a LevelDB folder: one open batch at the most, and the
 * completed ones, which are pending. Append-only: a fragment is written once, together with the
 * batch's new head and the dedupe keys, in one atomic write that is on disk when the call returns;
 * completing a batch writes its head alone. Safe for several threads; reading never waits for the
 * disk. A {@link ReopeningFolder} is behind it, so that a write that failed is got over.
 */
public final class MergeStore extends StoredBatches implements AutoCloseable {
  private final DedupeKeys dedupeKeys;
  private final Clock clock;
  private final ReopeningFolder folder;
  private volatile String identity = "";
  private long lastNumber;

  private MergeStore(Path path, DedupeKeys dedupeKeys, Clock clock) {
    this.dedupeKeys = dedupeKeys;
    this.clock = clock;
    this.folder = new ReopeningFolder(path, this::load);
  }

  /**
   * Opens the folder, reads what is pending, and fills the memories with the keys that are stored.
   *
   * @param size keys of each kind that are kept
   * @param timeToLive how long a key is kept
   * @throws StateException when the folder is damaged, in use, or cannot be written
   */
  public static MergeStore open(
      Path path,
      SeenIds seenIds,
      SeenContents seenContents,
      int size,
      Duration timeToLive,
      Clock clock) {
    return new MergeStore(path, new DedupeKeys(seenIds, seenContents, size, timeToLive), clock);
  }

  /** The name of the state folder among all others, which stays the same over restarts. */
  public String identity() {
    return identity;
  }

  /**
   * Says that a batch, or the next part of one, needs no more attempts: the API has taken it, or it
   * is a dead letter.
   *
   * @throws StateException when it could not be written that the part is settled: it is all the
   *     same, but sent again after a crash
   */
  public synchronized void settle(Batch batch) {
    synchronized (balance) {
      if (!pending.settle(batch)) {
        return;
      }
      balance.settled(batch.messages());
    }
    Batch rest = pending.get(batch.number());
    if (rest != null && !pending.isSettled(batch.number())) {
      folder.write(changes -> putHead(changes, rest), () -> false);
    }
  }

  /**
   * Has a batch, or the next part of one, sent in two halves. That is on disk when this returns, so
   * that the halves are the same after a crash.
   *
   * @throws StateException when it could not be written: then it is as it was
   */
  public synchronized void halve(Batch batch) {
    Batch halved = pending.halved(batch, BatchPart.halves(batch, folder.fragments(batch)));
    folder.write(
        changes -> putHead(changes, halved), () -> halved.equals(pending.get(halved.number())));
    pending.add(halved);
  }

  /** Whether the store can be written; after a write that failed, tries to open it again. */
  public boolean isUsable() {
    return folder.isUsable() || reopened();
  }

  /** Whether there is room for what is read from Kafka. */
  public boolean hasRoom() {
    return folder.hasRoom();
  }

  /** Why nothing should be read from Kafka; null when it can be written. */
  public @Nullable String trouble() {
    return folder.trouble();
  }

  /**
   * Adds a fragment to the open batch, or opens one with it; of one without messages, only the keys
   * are stored. Its events are marked as stored.
   *
   * @return the open batch; null when there is none
   * @throws StateException when it could not be written: then the batch is as it was
   */
  public synchronized @Nullable Batch append(Fragment fragment) {
    long now = clock.millis();
    DedupeKeys.Keys keys = dedupeKeys.of(fragment);
    boolean written =
        fragment.messages() == 0
            ? folder.write(changes -> dedupeKeys.addTo(changes, keys, now), () -> false)
            : grow(fragment, keys, now);
    if (written) {
      dedupeKeys.added(keys, now);
    }
    fragment.merged().forEach(Event::markStored);
    fragment.remembered().forEach(Event::markStored);
    return open;
  }

  private boolean grow(Fragment fragment, DedupeKeys.Keys keys, long now) {
    Batch base = open;
    Batch before = base == null ? Batch.opened(lastNumber + 1) : base;
    List<FragmentPiece> pieces = FragmentPiece.of(fragment);
    Batch grown = before.with(fragment, pieces.size(), now);
    boolean written =
        folder.write(
            changes -> {
              int place = before.fragments();
              for (FragmentPiece piece : pieces) {
                byte[] key = StateKey.of(StateKey.FRAGMENT, grown.number(), place++);
                changes.put(key, piece.size(), piece::writeTo);
              }
              putHead(changes, grown);
              dedupeKeys.addTo(changes, keys, now);
            },
            () -> grown.equals(open));
    synchronized (balance) {
      open = grown;
      if (written) {
        balance.stored(fragment.messages());
      }
    }
    lastNumber = grown.number();
    return written;
  }

  /**
   * Completes the open batch: from here on its bytes are fixed.
   *
   * @param sections every section that a batch has
   * @throws StateException when it could not be written: then the batch stays open
   */
  public synchronized Batch complete(Batch.Completion completion, List<Section> sections) {
    Batch batch = open;
    if (batch == null) {
      throw new IllegalStateException("No batch is open");
    }
    Batch completed = batch.completed(completion, sections);
    long number = completed.number();
    folder.write(
        changes -> putHead(changes, completed), () -> completed.equals(pending.get(number)));
    synchronized (balance) {
      pending.add(completed);
      open = null;
    }
    return completed;
  }

  /**
   * Forgets a batch if it is settled; one that is not stays pending. Forgetting it again does
   * nothing.
   *
   * @throws StateException when that could not be written: then it stays, but is not sent again
   */
  public synchronized void forget(long number) {
    Batch batch = pending.get(number);
    if (batch == null || !pending.isSettled(number)) {
      return;
    }
    folder.write(
        changes -> {
          changes.delete(StateKey.of(StateKey.HEAD, number));
          for (int i = 0; i < batch.fragments(); i++) {
            changes.delete(StateKey.of(StateKey.FRAGMENT, number, i));
          }
        },
        () -> pending.get(number) == null);
    pending.remove(number);
  }

  /**
   * Forgets a message ID: in the memory of duplicates, and here, or a restart would bring it back.
   *
   * @return whether it was here
   * @throws StateException when that could not be written: then it is still known
   */
  public synchronized boolean forgetId(Fingerprint id) {
    return dedupeKeys.forgetId(folder, id);
  }

  /** Forgets the last entry of an id, as {@link #forgetId} does a message ID. */
  public synchronized boolean forgetEntry(Fingerprint id) {
    return dedupeKeys.forgetEntry(folder, id);
  }

  @Override
  List<StoredFragment> stored(Batch batch) {
    return folder.fragments(batch);
  }

  @Override
  public synchronized void close() {
    folder.close();
  }

  private static void putHead(StateFolder.Changes changes, Batch batch) {
    changes.put(StateKey.of(StateKey.HEAD, batch.number()), batch.toJson());
  }

  private synchronized boolean reopened() {
    return folder.reopened();
  }

  private void load(StateFolder opened) {
    StoredState state = StoredState.read(opened);
    synchronized (balance) {
      int before = MessageBalance.messages(open, pending.unsettled());
      pending.replace(state.pending());
      open = state.open();
      // A write that was reported as failed can be there; what is missing stays unaccounted.
      balance.stored(Math.max(0, MessageBalance.messages(open, pending.unsettled()) - before));
    }
    lastNumber = Math.max(lastNumber, state.lastNumber());
    identity = opened.identity();
    dedupeKeys.load(opened, clock.millis());
  }
}
