package io.tributary.intake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes at a time as one long, the first of them in its lowest bits. */
final class Words {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = ONES << 7;

  private Words() {}

  /** The eight bytes from that place on; zeros stand for those after the end. */
  static long at(byte[] bytes, int place) {
    return place <= bytes.length - Long.BYTES ? (long) LONGS.get(bytes, place) : tail(bytes, place);
  }

  private static long tail(byte[] bytes, int place) {
    long word = 0;
    for (int i = bytes.length - 1; i >= place; i--) {
      word = word << 8 | (bytes[i] & 0xff);
    }
    return word;
  }

  /**
   * How many bytes of the word come before the first one that does not stand for itself in a JSON
   * string: a quote, a backslash, a control character, or a part of a longer character.
   */
  static int plain(long word) {
    long quotes = (word ^ '"' * ONES) - ONES;
    long backslashes = (word ^ '\\' * ONES) - ONES;
    long controls = word - ' ' * ONES;
    // A borrow from the byte below spoils a byte only after one that counts itself.
    long others = (quotes | backslashes | controls | word) & HIGH_BITS;
    return Long.numberOfTrailingZeros(others) >>> 3;
  }

  /** One of the bytes of a word. */
  static byte byteOf(long word, int place) {
    return (byte) (word >>> (place << 3));
  }

  /** The lowest of so many bytes of a word, fewer than eight. */
  static long first(long word, int count) {
    return word & ((1L << (count << 3)) - 1);
  }

  /** The lower four bytes of a word as four characters of 16 bits. */
  static long spread(long word) {
    long pairs = (word & 0xffffL) | (word & 0xffff0000L) << 16;
    return (pairs | pairs << 8) & 0x00ff00ff00ff00ffL;
  }
}
