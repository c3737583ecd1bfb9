package io.tributary.dedupe;

import io.tributary.event.Fingerprint;
import java.util.Arrays;

/**
 * Prints in numbered slots, and which slot a print is in. An open hash table with linear probing
 * over plain arrays, since millions of prints as objects would cost three times the memory and keep
 * the garbage collector busy. One thread at a time.
 *
 * <p>Source of the algorithms: D. Knuth, The Art of Computer Programming 3, 6.4, L and R (deletion
 * without marks). A print is a hash already, so its bits are taken as they are.
 */
final class PrintIndex {
  /** No slot. */
  static final int NONE = -1;

  private static final int FIRST_SLOTS = 512;

  private long[] prints = new long[2 * FIRST_SLOTS];

  /** A slot's number and one; 0 where there is none. Twice as long as there are slots. */
  private int[] places = new int[2 * FIRST_SLOTS];

  private PrintIndex() {}

  /** No print is in a slot. */
  static PrintIndex empty() {
    return new PrintIndex();
  }

  /** The slot of a print, or {@link #NONE}. */
  int find(Fingerprint print) {
    int place = home(print.low());
    while (places[place] != 0) {
      int slot = places[place] - 1;
      if (prints[2 * slot] == print.high() && prints[2 * slot + 1] == print.low()) {
        return slot;
      }
      place = next(place);
    }
    return NONE;
  }

  /**
   * Puts a print that is not here into a slot that is free.
   *
   * @return how many slots there are room for
   */
  int put(int slot, Fingerprint print) {
    if (2 * slot >= prints.length) {
      grow();
    }
    prints[2 * slot] = print.high();
    prints[2 * slot + 1] = print.low();
    enter(slot);
    return prints.length / 2;
  }

  /** Empties a slot that has a print. */
  void remove(int slot) {
    int gap = home(prints[2 * slot + 1]);
    while (places[gap] != slot + 1) {
      gap = next(gap);
    }
    for (int place = next(gap); places[place] != 0; place = next(place)) {
      int home = home(prints[2 * (places[place] - 1) + 1]);
      // What is at home between the gap and its place is still found there.
      if (distance(home, place) >= distance(gap, place)) {
        places[gap] = places[place];
        gap = place;
      }
    }
    places[gap] = 0;
  }

  private void enter(int slot) {
    int place = home(prints[2 * slot + 1]);
    while (places[place] != 0) {
      place = next(place);
    }
    places[place] = slot + 1;
  }

  private void grow() {
    int[] before = places;
    long[] morePrints = Arrays.copyOf(prints, 2 * prints.length);
    int[] morePlaces = new int[2 * before.length];
    // Both are there, or memory has run out and nothing has changed.
    prints = morePrints;
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
