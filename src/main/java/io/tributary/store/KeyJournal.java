package io.tributary.store;

import io.tributary.event.Hash128;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The dedupe keys of one kind of what is stored: one row for each poll, written together with it.
 * Says which rows have become superfluous, and fills the memory after a restart. Guarded by the
 * {@link Store}.
 */
final class KeyJournal {
  static final int HASH_BYTES = 2 * Long.BYTES;

  private final String kind;
  private final int hashesPerKey;
  private final int size;
  private final Duration timeToLive;
  private final Memory memory;
  private final Deque<Row> rows = new ArrayDeque<>();
  private long nextNumber = 1;
  private long keptKeys;

  /** Takes a key back after a restart; of keys of one hash, both are the same. */
  @FunctionalInterface
  interface Memory {
    void restore(Hash128 first, Hash128 second, Duration age);
  }

  /** What is known of a row. */
  private record Row(long number, long writtenAt, int keys) {}

  /**
   * @param hashesPerKey one or two
   * @param size keys that are kept
   * @param timeToLive how long they are kept
   */
  KeyJournal(String kind, int hashesPerKey, int size, Duration timeToLive, Memory memory) {
    this.kind = kind;
    this.hashesPerKey = hashesPerKey;
    this.size = size;
    this.timeToLive = timeToLive;
    this.memory = memory;
  }

  /** Adds a row with these hashes, and deletes those that it makes superfluous. */
  void write(Tables tables, byte[] hashes, long now) throws SQLException {
    if (hashes.length == 0) {
      return;
    }
    tables.addKeys(kind, nextNumber, now, hashes);
    Row last = lastSuperfluous(now, keys(hashes.length));
    if (last != null) {
      tables.deleteKeys(kind, last.number());
    }
  }

  /** Says that what {@link #write} wrote is in the store. */
  void written(byte[] hashes, long now) {
    if (hashes.length == 0) {
      return;
    }
    int keys = keys(hashes.length);
    Row last = lastSuperfluous(now, keys);
    while (last != null && rows.getFirst().number() <= last.number()) {
      keptKeys -= rows.removeFirst().keys();
      if (rows.isEmpty()) {
        break;
      }
    }
    add(new Row(nextNumber, now, keys));
  }

  /** Reads the rows back into the memory, as far as they are young enough. */
  void load(Tables tables, long now) throws SQLException {
    tables.forEachKeys(
        kind,
        (number, writtenAt, hashes) -> {
          add(new Row(number, writtenAt, keys(hashes.remaining())));
          Duration age = Duration.ofMillis(Math.max(0, now - writtenAt));
          if (age.compareTo(timeToLive) < 0) {
            restore(hashes, age);
          }
        });
  }

  private void restore(ByteBuffer hashes, Duration age) {
    while (hashes.hasRemaining()) {
      Hash128 first = hash(hashes);
      memory.restore(first, hashesPerKey == 1 ? first : hash(hashes), age);
    }
  }

  private int keys(int bytes) {
    return bytes / (HASH_BYTES * hashesPerKey);
  }

  private static Hash128 hash(ByteBuffer hashes) {
    return new Hash128(hashes.getLong(), hashes.getLong());
  }

  /** The last of the oldest rows that are too old, or that newer ones outnumber; null for none. */
  private @Nullable Row lastSuperfluous(long now, int added) {
    Row last = null;
    long newer = keptKeys + added;
    for (Row oldest : rows) {
      newer -= oldest.keys();
      if (newer < size && now - oldest.writtenAt() < timeToLive.toMillis()) {
        break;
      }
      last = oldest;
    }
    return last;
  }

  private void add(Row row) {
    rows.addLast(row);
    nextNumber = row.number() + 1;
    keptKeys += row.keys();
  }
}
