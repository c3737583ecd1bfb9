package io.tributary.dedupe;

import io.tributary.event.Hash128;
import java.util.Arrays;

/**
 * Hashes in numbered slots, and which slot a hash is in. An open hash table with linear probing
 * over plain arrays, since millions of hashes as objects would cost three times the memory and keep
 * the garbage collector busy. One thread at a time.
 *
 * <p>Source of the algorithms: D. Knuth, The Art of Computer Programming 3, 6.4, L and R (deletion
 * without marks). The bits of a hash are even enough to be taken as they are.
 */
final class HashIndex {
  /** No slot. */
  static final int NONE = -1;

  private static final int FIRST_SLOTS = 512;

  private long[] hashes = new long[2 * FIRST_SLOTS];

  /** A slot's number and one; 0 where there is none. Twice as long as there are slots. */
  private int[] places = new int[2 * FIRST_SLOTS];

  private HashIndex() {}

  /** No hash is in a slot. */
  static HashIndex empty() {
    return new HashIndex();
  }

  /** The slot of a hash, or {@link #NONE}. */
  int find(Hash128 hash) {
    int place = home(hash.low());
    while (places[place] != 0) {
      int slot = places[place] - 1;
      if (hashes[2 * slot] == hash.high() && hashes[2 * slot + 1] == hash.low()) {
        return slot;
      }
      place = next(place);
    }
    return NONE;
  }

  /**
   * Puts a hash that is not here into a slot that is free.
   *
   * @return how many slots there are room for
   */
  int put(int slot, Hash128 hash) {
    if (2 * slot >= hashes.length) {
      grow();
    }
    hashes[2 * slot] = hash.high();
    hashes[2 * slot + 1] = hash.low();
    enter(slot);
    return hashes.length / 2;
  }

  /** Empties a slot that has a hash. */
  void remove(int slot) {
    int gap = home(hashes[2 * slot + 1]);
    while (places[gap] != slot + 1) {
      gap = next(gap);
    }
    for (int place = next(gap); places[place] != 0; place = next(place)) {
      int home = home(hashes[2 * (places[place] - 1) + 1]);
      // What is at home between the gap and its place is still found there.
      if (distance(home, place) >= distance(gap, place)) {
        places[gap] = places[place];
        gap = place;
      }
    }
    places[gap] = 0;
  }

  private void enter(int slot) {
    int place = home(hashes[2 * slot + 1]);
    while (places[place] != 0) {
      place = next(place);
    }
    places[place] = slot + 1;
  }

  private void grow() {
    int[] before = places;
    long[] moreHashes = Arrays.copyOf(hashes, 2 * hashes.length);
    int[] morePlaces = new int[2 * before.length];
    // Both are there, or memory has run out and nothing has changed.
    hashes = moreHashes;
    places = morePlaces;
    for (int entry : before) {
      if (entry != 0) {
        enter(entry - 1);
      }
    }
  }

  private int home(long low) {
    return (int) low & (places.length - 1);
  }

  private int next(int place) {
    return (place + 1) & (places.length - 1);
  }

  private int distance(int from, int to) {
    return (to - from) & (places.length - 1);
  }
}
