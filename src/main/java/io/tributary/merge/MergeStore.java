package io.tributary.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The batches that are not yet delivered, in a LevelDB folder: one open batch at the most, and the
 * completed ones, which are pending. Append-only: a fragment is written once, together with the
 * batch's new head and the dedupe keys, in one atomic write that is on disk when the call returns;
 * completing a batch writes its head alone. Safe for several threads.
 *
 * <p>Keys: {@code b} + batch number: its head, JSON. {@code f} + batch number + place: a {@link
 * StoredFragment}. {@code k} + number: a record of the {@link KeyJournal}.
 */
public final class MergeStore implements AutoCloseable {
  private static final char HEAD = 'b';
  private static final char FRAGMENT = 'f';
  private static final char KEYS = 'k';
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS).build();

  private final KeyJournal journal;
  private final Clock clock;
  private final StateFolder folder;
  private final TreeMap<Long, Batch> pending = new TreeMap<>();
  private @Nullable Batch open;
  private long lastNumber;

  private MergeStore(Path path, KeyJournal journal, Clock clock) {
    this.journal = journal;
    this.clock = clock;
    this.folder = new StateFolder(path);
    try {
      folder.forEach(HEAD, (key, value) -> restore(head(value)));
      checkFragments(path);
      folder.forEach(KEYS, (key, value) -> journal.restore(key.getLong(), value, clock.millis()));
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
    return new MergeStore(path, new KeyJournal(seenIds, seenContents, size, timeToLive), clock);
  }

  /** The open batch; null when there is none. */
  public synchronized @Nullable Batch open() {
    return open;
  }

  /** The completed batches that are not yet delivered, oldest first. */
  public synchronized List<Batch> pending() {
    return List.copyOf(pending.values());
  }

  /** The number of completed batches that are not yet delivered. */
  public synchronized int pendingCount() {
    return pending.size();
  }

  /** The number of messages in the open batch. */
  public synchronized int openMessages() {
    return open == null ? 0 : open.messages();
  }

  /** Whether the batch has to wait until an older one has been delivered. */
  public synchronized boolean mustWait(Batch batch) {
    return !pending.isEmpty() && pending.firstKey() < batch.number();
  }

  /**
   * Adds a fragment to the open batch, or opens one with it. Its events are marked as stored.
   *
   * @throws StateException when it could not be written: then nothing has changed
   */
  public synchronized Batch append(Fragment fragment) {
    long now = clock.millis();
    Batch base = open == null ? Batch.opened(lastNumber + 1) : open;
    Batch grown = base.with(fragment, now);
    long journalNumber = journal.nextNumber();
    byte[] keys = journal.encode(fragment, now);
    byte[] stored = StoredFragment.encode(fragment);
    folder.write(
        batch -> {
          batch.put(StateFolder.key(FRAGMENT, grown.number(), base.fragments()), stored);
          batch.put(StateFolder.key(HEAD, grown.number()), json(grown));
          batch.put(StateFolder.key(KEYS, journalNumber), keys);
          for (long number : journal.takeSuperfluous(now)) {
            batch.delete(StateFolder.key(KEYS, number));
          }
        });
    journal.added(journalNumber, keys);
    open = grown;
    lastNumber = grown.number();
    fragment.merged().forEach(Event::markStored);
    fragment.remembered().forEach(Event::markStored);
    return grown;
  }

  /**
   * Completes the open batch: from here on its bytes are fixed.
   *
   * @param sections every section that a batch has
   * @throws StateException when it could not be written: then the batch stays open
   */
  public synchronized Batch complete(Batch.Completion completion, List<Section> sections) {
    if (open == null) {
      throw new IllegalStateException("No batch is open");
    }
    Batch completed = open.completed(completion, sections);
    folder.write(batch -> batch.put(StateFolder.key(HEAD, completed.number()), json(completed)));
    pending.put(completed.number(), completed);
    open = null;
    return completed;
  }

  /** The document of a completed batch; the same bytes each time. */
  public byte[] document(Batch batch) {
    List<StoredFragment> fragments = new ArrayList<>(batch.fragments());
    for (int i = 0; i < batch.fragments(); i++) {
      byte[] stored = folder.get(StateFolder.key(FRAGMENT, batch.number(), i));
      if (stored == null) {
        throw new StateException("fragment " + i + " of batch " + batch.number() + " is gone");
      }
      fragments.add(StoredFragment.decode(stored));
    }
    return BatchJson.write(batch, fragments);
  }

  /**
   * Forgets a batch that needs no more attempts. Forgetting it again does nothing.
   *
   * @throws StateException when that could not be written: then it stays pending
   */
  public synchronized void forget(long number) {
    Batch batch = pending.get(number);
    if (batch == null) {
      return;
    }
    folder.write(
        changes -> {
          changes.delete(StateFolder.key(HEAD, number));
          for (int i = 0; i < batch.fragments(); i++) {
            changes.delete(StateFolder.key(FRAGMENT, number, i));
          }
        });
    pending.remove(number);
  }

  @Override
  public synchronized void close() {
    folder.close();
  }

  private void restore(Batch batch) {
    lastNumber = batch.number();
    if (batch.completion() == null) {
      open = batch;
    } else {
      pending.put(batch.number(), batch);
    }
  }

  /** A log that lost a write in its middle shows as a fragment that is missing. */
  private void checkFragments(Path path) {
    TreeMap<Long, Integer> found = new TreeMap<>();
    folder.forEach(FRAGMENT, (key, value) -> found.merge(key.getLong(), 1, Integer::sum));
    List<Batch> all = new ArrayList<>(pending.values());
    if (open != null) {
      all.add(open);
    }
    for (Batch batch : all) {
      int there = found.getOrDefault(batch.number(), 0);
      if (there != batch.fragments()) {
        throw new StateException(
            "the state folder '"
                + path
                + "' is damaged: batch "
                + batch.number()
                + " has "
                + there
                + " of its "
                + batch.fragments()
                + " fragments");
      }
    }
  }

  private static byte[] json(Batch batch) {
    try {
      return JSON.writeValueAsBytes(batch);
    } catch (JsonProcessingException e) {
      throw new StateException("cannot write the head of batch " + batch.number(), e);
    }
  }

  private static Batch head(byte[] json) {
    try {
      return JSON.readValue(json, Batch.class);
    } catch (IOException e) {
      throw new StateException("the head of a batch cannot be read: " + e, e);
    }
  }
}
