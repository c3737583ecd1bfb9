package io.tributary.merge;

import io.tributary.intake.Fingerprint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The dedupe keys of one kind of what is stored: one journal record per fragment, written together
 * with it. Says which records have become superfluous, and fills the memory after a restart.
 * Guarded by the {@link MergeStore}.
 *
 * <p>A record is the time of writing in milliseconds (8 bytes), then the prints (16 bytes each),
 * one or two for a key.
 */
final class KeyJournal {
  private static final int PRINT = 2 * Long.BYTES;

  private final char letter;
  private final int printsPerKey;
  private final int size;
  private final Duration timeToLive;
  private final Memory memory;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private long nextNumber = 1;
  private long keptKeys;

  /** Takes a key back after a restart; of keys of one print, both are the same. */
  @FunctionalInterface
  interface Memory {
    void restore(Fingerprint first, Fingerprint second, Duration age);
  }

  /** What the journal knows of a record in the store. */
  private record Kept(long number, long time, int keys) {}

  /**
   * @param letter of the records' keys in the {@link StateFolder}
   * @param size keys that are kept
   * @param timeToLive how long they are kept
   */
  KeyJournal(char letter, int printsPerKey, int size, Duration timeToLive, Memory memory) {
    this.letter = letter;
    this.printsPerKey = printsPerKey;
    this.size = size;
    this.timeToLive = timeToLive;
    this.memory = memory;
  }

  /**
   * Adds a record with these prints to the changes, and deletes those that it makes superfluous.
   */
  void addTo(StateFolder.Changes changes, List<Fingerprint> prints, long now) {
    if (prints.isEmpty()) {
      return;
    }
    changes.put(
        StateKey.of(letter, nextNumber),
        Long.BYTES + PRINT * prints.size(),
        record -> {
          record.putLong(now);
          prints.forEach(print -> record.putLong(print.high()).putLong(print.low()));
        });
    superfluous(now, prints.size() / printsPerKey)
        .forEach(old -> changes.delete(StateKey.of(letter, old.number())));
  }

  /** Says that what {@link #addTo} added is in the store. */
  void added(List<Fingerprint> prints, long now) {
    if (prints.isEmpty()) {
      return;
    }
    int keys = prints.size() / printsPerKey;
    for (Kept old : superfluous(now, keys)) {
      kept.remove(old);
      keptKeys -= old.keys();
    }
    add(new Kept(nextNumber, now, keys));
  }

  /** Reads the records that are new here back into the memory, if they are young enough. */
  void load(StateFolder folder, long now) {
    folder.forEach(
        letter,
        (key, value) -> {
          long number = key.getLong();
          if (number >= nextNumber) {
            restore(number, value, now);
          }
        });
  }

  /**
   * Takes every key with this first print out of the records.
   *
   * @return whether there was one
   * @throws StateException when the records could not be written: then they are as they were
   */
  boolean forget(ReopeningFolder folder, Fingerprint first) {
    Map<Long, byte[]> changed = new HashMap<>();
    folder.forEach(
        letter,
        (key, record) -> {
          byte[] rest = without(first, record.duplicate());
          if (rest.length < record.remaining()) {
            changed.put(key.getLong(), rest);
          }
        });
    if (changed.isEmpty()) {
      return false;
    }
    folder.write(
        changes ->
            changed.forEach((number, rest) -> changes.put(StateKey.of(letter, number), rest)),
        () -> false);
    List<Kept> before = List.copyOf(kept);
    kept.clear();
    keptKeys = 0;
    for (Kept old : before) {
      byte[] rest = changed.get(old.number());
      int keys = rest == null ? old.keys() : keysIn(rest.length);
      kept.addLast(new Kept(old.number(), old.time(), keys));
      keptKeys += keys;
    }
    return true;
  }

  private byte[] without(Fingerprint first, ByteBuffer source) {
    ByteBuffer rest = ByteBuffer.allocate(source.remaining()).putLong(source.getLong());
    while (source.hasRemaining()) {
      ByteBuffer key = source.slice(source.position(), PRINT * printsPerKey);
      source.position(source.position() + key.remaining());
      if (key.getLong(0) != first.high() || key.getLong(Long.BYTES) != first.low()) {
        rest.put(key);
      }
    }
    return Arrays.copyOf(rest.array(), rest.position());
  }

  private int keysIn(int recordLength) {
    return (recordLength - Long.BYTES) / (PRINT * printsPerKey);
  }

  private void restore(long number, ByteBuffer record, long now) {
    long time = record.getLong();
    add(new Kept(number, time, keysIn(record.limit())));
    Duration age = Duration.ofMillis(Math.max(0, now - time));
    if (age.compareTo(timeToLive) >= 0) {
      return;
    }
    while (record.hasRemaining()) {
      Fingerprint first = new Fingerprint(record.getLong(), record.getLong());
      Fingerprint second =
          printsPerKey == 1 ? first : new Fingerprint(record.getLong(), record.getLong());
      memory.restore(first, second, age);
    }
  }

  /** The oldest records that are too old, or that newer ones outnumber. */
  private List<Kept> superfluous(long now, int added) {
    List<Kept> superfluous = new ArrayList<>();
    long newer = keptKeys + added;
    for (Kept oldest : kept) {
      newer -= oldest.keys();
      if (newer < size && now - oldest.time() < timeToLive.toMillis()) {
        break;
      }
      superfluous.add(oldest);
    }
    return superfluous;
  }

  private void add(Kept record) {
    kept.addLast(record);
    nextNumber = record.number() + 1;
    keptKeys += record.keys();
  }
}
