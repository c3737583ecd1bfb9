package io.tributary.merge;

import java.nio.ByteBuffer;

/**
 * The keys in a {@link StateFolder}: a letter for the kind of entry, and numbers, in their order.
 */
final class StateKey {
  /** {@code b} and a batch's number: its head, JSON. */
  static final char HEAD = 'b';

  /** {@code f}, a batch's number, and a place in it: a {@link StoredFragment}. */
  static final char FRAGMENT = 'f';

  /** {@code i}, {@code p}, {@code e} and a number: records of a {@link KeyJournal}. */
  static final char IDS = 'i';

  static final char PAYLOADS = 'p';
  static final char ENTRIES = 'e';

  private StateKey() {}

  /** A key of a letter and a number. */
  static byte[] of(char letter, long number) {
    return ByteBuffer.wrap(new byte[1 + Long.BYTES]).put((byte) letter).putLong(number).array();
  }

  /** A key of a letter and two numbers. */
  static byte[] of(char letter, long number, int part) {
    return ByteBuffer.wrap(new byte[1 + Long.BYTES + Integer.BYTES])
        .put((byte) letter)
        .putLong(number)
        .putInt(part)
        .array();
  }
}
