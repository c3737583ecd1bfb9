package io.tributary.dedupe;

import static io.tributary.dedupe.HashIndex.NONE;

import io.tributary.event.Hash128;
import java.time.Duration;
import java.util.Arrays;

/**
 * The keys written last, each with a value: as many as its size, each for its time to live; the
 * oldest go first. Takes memory as it fills, 57 to 113 bytes a key, since it grows by doubling.
 * Safe for several threads.
 *
 * <p>No cache library does this: those that limit a size keep the keys that are asked for most, and
 * of a stream of keys that come once each they keep the wrong end.
 */
final class RecentKeys {
  private final int size;
  private final long liveNanos;

  private HashIndex index = HashIndex.empty();
  private int count;
  private int used;
  private int free = NONE;
  private int oldest = NONE;
  private int newest = NONE;

  // By slot: a list from the oldest key to the newest, which also chains the free slots.
  private int[] older = {};
  private int[] newer = {};
  private long[] writtenAt = {};
  private long[] values = {};

  /**
   * @param size keys remembered at the most
   * @param timeToLive how long each is remembered
   */
  RecentKeys(int size, Duration timeToLive) {
    this.size = size;
    this.liveNanos = timeToLive.toNanos();
  }

  /** Whether a key is remembered. */
  synchronized boolean contains(Hash128 key) {
    return live(key) != NONE;
  }

  /** Whether a key is remembered with that value. */
  synchronized boolean holds(Hash128 key, Hash128 value) {
    int slot = live(key);
    return slot != NONE && hasValue(slot, value);
  }

  /** Remembers a key unless it is remembered already; tells whether it was new. */
  synchronized boolean addIfNew(Hash128 key, Hash128 value) {
    if (live(key) != NONE) {
      return false;
    }
    put(key, value);
    return true;
  }

  /** Remembers a key, as the newest one. */
  synchronized void put(Hash128 key, Hash128 value) {
    write(key, value, System.nanoTime());
  }

  /**
   * Remembers a key that was written a while ago. Oldest first, before the first other call.
   *
   * @param age time since it was written
   */
  synchronized void restore(Hash128 key, Hash128 value, Duration age) {
    write(key, value, System.nanoTime() - age.toNanos());
  }

  /** Forgets a key. */
  synchronized void remove(Hash128 key) {
    int slot = index.find(key);
    if (slot != NONE) {
      forget(slot);
    }
  }

  /** Forgets a key if it has that value. */
  synchronized void remove(Hash128 key, Hash128 value) {
    int slot = index.find(key);
    if (slot != NONE && hasValue(slot, value)) {
      forget(slot);
    }
  }

  /** Forgets every key. */
  synchronized void clear() {
    index = HashIndex.empty();
    count = 0;
    used = 0;
    free = NONE;
    oldest = NONE;
    newest = NONE;
  }

  /** How many keys are remembered, expired ones that nobody has asked for among them. */
  synchronized long count() {
    return count;
  }

  private int live(Hash128 key) {
    int slot = index.find(key);
    return slot == NONE || isOver(slot, System.nanoTime()) ? NONE : slot;
  }

  private boolean hasValue(int slot, Hash128 value) {
    return values[2 * slot] == value.high() && values[2 * slot + 1] == value.low();
  }

  private void write(Hash128 key, Hash128 value, long nanoTime) {
    int slot = index.find(key);
    if (slot == NONE) {
      if (count == size) {
        forget(oldest);
      }
      slot = take();
      reserve(index.put(slot, key));
      count++;
    } else {
      unlink(slot);
    }
    values[2 * slot] = value.high();
    values[2 * slot + 1] = value.low();
    writtenAt[slot] = nanoTime;
    append(slot);
    while (oldest != NONE && isOver(oldest, nanoTime)) {
      forget(oldest);
    }
  }

  private boolean isOver(int slot, long now) {
    return now - writtenAt[slot] >= liveNanos;
  }

  private void forget(int slot) {
    index.remove(slot);
    unlink(slot);
    newer[slot] = free;
    free = slot;
    count--;
  }

  private int take() {
    if (free == NONE) {
      return used++;
    }
    int slot = free;
    free = newer[slot];
    return slot;
  }

  private void reserve(int slots) {
    if (slots > writtenAt.length) {
      older = Arrays.copyOf(older, slots);
      newer = Arrays.copyOf(newer, slots);
      writtenAt = Arrays.copyOf(writtenAt, slots);
      values = Arrays.copyOf(values, 2 * slots);
    }
  }

  private void append(int slot) {
    older[slot] = newest;
    newer[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      newer[newest] = slot;
    }
    newest = slot;
  }

  private void unlink(int slot) {
    if (older[slot] == NONE) {
      oldest = newer[slot];
    } else {
      newer[older[slot]] = newer[slot];
    }
    if (newer[slot] == NONE) {
      newest = older[slot];
    } else {
      older[newer[slot]] = older[slot];
    }
  }
}
