package io.tributary.intake;

/**
 * The prints of short names that came lately, one in each slot: most objects have the same ones. A
 * name is the {@linkplain JsonText#word word} that it makes. One thread only.
 */
final class NamePrints {
  private static final int SLOT_BITS = 7;

  /** A word, and the two halves of its print. */
  private static final int ENTRY = 3;

  private final long[] entries = new long[ENTRY << SLOT_BITS];

  private NamePrints() {}

  /** Without any name yet. */
  static NamePrints none() {
    return new NamePrints();
  }

  /** The slot of a name. */
  static int slot(long word) {
    return ENTRY * (int) ((word * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - SLOT_BITS));
  }

  /** Whether the slot has that name, and not another one; never for the word 0. */
  boolean has(int slot, long word) {
    return word != 0 && entries[slot] == word;
  }

  long high(int slot) {
    return entries[slot + 1];
  }

  long low(int slot) {
    return entries[slot + 2];
  }

  /** Puts a name into its slot, in place of another one. */
  void put(int slot, long word, MurmurHash print) {
    entries[slot] = word;
    entries[slot + 1] = print.high();
    entries[slot + 2] = print.low();
  }
}
