package io.tributary.intake;

/**
 * MurmurHash3, x64, 128 bits, over a stream of longs instead of bytes.
 *
 * <p>Source of the algorithm: Austin Appleby, MurmurHash3_x64_128, public domain, in the
 * <em>smhasher</em> project. A block is two longs, mixed and finalized as there; the length that
 * the finalizer takes is counted in longs. It is no cryptographic hash. One thread only.
 */
public final class MurmurHash {
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private long h1;
  private long h2;
  private long length;

  private MurmurHash() {}

  /** A hash that is to be {@link #reset} first. */
  public static MurmurHash unseeded() {
    return new MurmurHash();
  }

  /** Begins a new print; the seed sets kinds of values apart. */
  public MurmurHash reset(long seed) {
    h1 = seed;
    h2 = seed;
    length = 0;
    return this;
  }

  /** Takes one block. */
  public MurmurHash add(long k1, long k2) {
    h1 = first(h1, h2, k1);
    h2 = second(h2, h1, k2);
    length += 2;
    return this;
  }

  /** Takes characters, eight to a block, and their number, so that no padding is ambiguous. */
  public MurmurHash add(char[] text, int offset, int count) {
    int end = offset + count;
    int i = offset;
    for (; i + 8 <= end; i += 8) {
      add(four(text, i), four(text, i + 4));
    }
    long k1 = 0;
    long k2 = 0;
    for (int shift = 0; i < end && shift < 64; shift += 16) {
      k1 |= (long) text[i++] << shift;
    }
    for (int shift = 0; i < end; shift += 16) {
      k2 |= (long) text[i++] << shift;
    }
    add(k1, k2);
    return add(count, 0);
  }

  /** Takes an even number of longs. */
  MurmurHash add(long[] longs, int from, int to) {
    long g1 = h1;
    long g2 = h2;
    for (int i = from; i < to; i += 2) {
      g1 = first(g1, g2, longs[i]);
      g2 = second(g2, g1, longs[i + 1]);
    }
    return end(g1, g2, length + to - from);
  }

  /** The print of bytes of ASCII, as the characters that they are. */
  MurmurHash print(long seed, byte[] text, int from, int to) {
    // In local variables, since fields take longer than the hash.
    long g1 = seed;
    long g2 = seed;
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long word = Words.at(text, i);
      g1 = first(g1, g2, Words.spread(word));
      g2 = second(g2, g1, Words.spread(word >>> 32));
    }
    return last(g1, g2, Words.first(Words.at(text, i), to - i), to - from);
  }

  /** The print of up to seven bytes of ASCII, as the characters that they are. */
  MurmurHash print(long seed, long word, int count) {
    return last(seed, seed, word, count);
  }

  private MurmurHash last(long g1, long g2, long word, int count) {
    g1 = first(g1, g2, Words.spread(word));
    g2 = second(g2, g1, Words.spread(word >>> 32));
    g1 = first(g1, g2, count);
    g2 = second(g2, g1, 0);
    return end(g1, g2, (count >>> 3) * 2L + 4).finish();
  }

  private MurmurHash end(long g1, long g2, long newLength) {
    h1 = g1;
    h2 = g2;
    length = newLength;
    return this;
  }

  private static long first(long h1, long h2, long k1) {
    return (Long.rotateLeft(h1 ^ Long.rotateLeft(k1 * C1, 31) * C2, 27) + h2) * 5 + 0x52dce729L;
  }

  private static long second(long h2, long h1, long k2) {
    return (Long.rotateLeft(h2 ^ Long.rotateLeft(k2 * C2, 33) * C1, 31) + h1) * 5 + 0x38495ab5L;
  }

  private static long four(char[] text, int i) {
    return text[i] | (long) text[i + 1] << 16 | (long) text[i + 2] << 32 | (long) text[i + 3] << 48;
  }

  /** Ends the print, which {@link #high} and {@link #low} then give. */
  public MurmurHash finish() {
    h1 ^= length;
    h2 ^= length;
    h1 += h2;
    h2 += h1;
    h1 = mix(h1);
    h2 = mix(h2);
    h1 += h2;
    h2 += h1;
    return this;
  }

  public long high() {
    return h1;
  }

  public long low() {
    return h2;
  }

  private static long mix(long k) {
    k ^= k >>> 33;
    k *= 0xff51afd7ed558ccdL;
    k ^= k >>> 33;
    k *= 0xc4ceb9fe1a85ec53L;
    k ^= k >>> 33;
    return k;
  }
}
