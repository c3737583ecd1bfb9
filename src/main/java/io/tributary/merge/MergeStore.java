package io.tributary.merge;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Event;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches that are not yet delivered, in a LevelDB folder: one open batch at the most, and the
 * completed ones, which are pending. Append-only: a fragment is written once, together with the
 * batch's new head and the dedupe keys, in one atomic write that is on disk when the call returns;
 * completing a batch writes its head alone. Safe for several threads; reading never waits for the
 * disk.
 *
 * <p>After a write that failed, nobody knows what is on disk. So the folder is opened again and
 * read before anything else is written, at once or, if that fails too, by {@link #isUsable}.
 */
public final class MergeStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MergeStore.class);

  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final DedupeKeys dedupeKeys;
  private final Clock clock;
  private final PendingBatches pending = new PendingBatches();
  private volatile @Nullable Batch open;
  private volatile boolean usable;
  private volatile boolean closed;
  private volatile StateFolder folder;
  private long lastReopening = System.nanoTime() - REOPEN_NANOS;
  private long lastNumber;

  private MergeStore(Path path, DedupeKeys dedupeKeys, Clock clock) {
    this.path = path;
    this.dedupeKeys = dedupeKeys;
    this.clock = clock;
    this.folder = new StateFolder(path);
    try {
      load();
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
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

  /** Says that a batch needs no more attempts: the API has taken it, or it is a dead letter. */
  public void settle(Batch batch) {
    pending.settle(batch);
  }

  /** Whether the store can be written; after a write that failed, tries to open it again. */
  public boolean isUsable() {
    return usable || (!closed && reopened());
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
            ? write(changes -> dedupeKeys.addTo(changes, keys, now), () -> false)
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
    Batch grown = (base == null ? Batch.opened(lastNumber + 1) : base).with(fragment, now);
    byte[] place = StateFolder.key(StateFolder.FRAGMENT, grown.number(), grown.fragments() - 1);
    boolean written =
        write(
            changes -> {
              changes.put(place, StoredFragment.encode(fragment));
              changes.put(StateFolder.key(StateFolder.HEAD, grown.number()), grown.toJson());
              dedupeKeys.addTo(changes, keys, now);
            },
            () -> grown.equals(open));
    open = grown;
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
    write(
        changes -> changes.put(StateFolder.key(StateFolder.HEAD, number), completed.toJson()),
        () -> completed.equals(pending.get(number)));
    pending.add(completed);
    open = null;
    return completed;
  }

  /**
   * The document of a completed batch; the same bytes each time.
   *
   * @throws StateException when it cannot be read
   */
  public byte[] document(Batch batch) {
    return BatchJson.write(batch, StoredFragment.readAll(folder, batch));
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
    write(
        changes -> {
          changes.delete(StateFolder.key(StateFolder.HEAD, number));
          for (int i = 0; i < batch.fragments(); i++) {
            changes.delete(StateFolder.key(StateFolder.FRAGMENT, number, i));
          }
        },
        () -> pending.get(number) == null);
    pending.remove(number);
  }

  @Override
  public synchronized void close() {
    closed = true;
    usable = false;
    folder.close();
  }

  /**
   * Writes changes.
   *
   * @param isThere tells, after a write that failed and when the folder has been read again,
   *     whether they are there all the same
   * @return false when they are, and so have been read
   */
  private boolean write(Consumer<StateFolder.Changes> changes, BooleanSupplier isThere) {
    if (!usable) {
      throw new StateException("the state folder '" + path + "' cannot be written at present");
    }
    try {
      folder.write(changes);
      return true;
    } catch (StateException e) {
      usable = false;
      if (!reopened() || !isThere.getAsBoolean()) {
        throw e;
      }
      return false;
    }
  }

  private synchronized boolean reopened() {
    if (usable || closed || System.nanoTime() - lastReopening < REOPEN_NANOS) {
      return usable;
    }
    lastReopening = System.nanoTime();
    try {
      folder.close();
      folder = new StateFolder(path);
      load();
      LOG.warn("The state folder '{}' has been opened again after a write that failed", path);
      return true;
    } catch (StateException e) {
      LOG.error("The merge store cannot be used: {}", e.getMessage());
      return false;
    }
  }

  private void load() {
    StoredState state = StoredState.read(folder);
    pending.replace(state.pending());
    open = state.open();
    lastNumber = Math.max(lastNumber, state.lastNumber());
    dedupeKeys.load(folder, clock.millis());
    usable = true;
  }
}
