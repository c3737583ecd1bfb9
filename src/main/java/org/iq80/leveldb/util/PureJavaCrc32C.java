package org.iq80.leveldb.util;

import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * LevelDB's checksum, by the JDK's CRC-32C, which uses the processor's own instruction. Takes the
 * place of the class of this name in the LevelDB port, which comes after Tributary's own classes on
 * the class path: that one looks each byte up in tables. One thread at a time.
 *
 * <p>Source of the algorithm: RFC 3720, 12.1 (the polynomial); LevelDB, {@code util/crc32c.h} (the
 * mask, so that a checksum can be taken of what holds checksums).
 */
public class PureJavaCrc32C implements Checksum {
  private static final int MASK_DELTA = 0xa282ead8;
  private static final int ROTATION = 15;

  private final CRC32C crc = new CRC32C();

  /** The masked form of a checksum, in which it is stored. */
  public static int mask(int crc) {
    return Integer.rotateRight(crc, ROTATION) + MASK_DELTA;
  }

  /** The checksum of which this is the masked form. */
  public static int unmask(int masked) {
    return Integer.rotateLeft(masked - MASK_DELTA, ROTATION);
  }

  /** The checksum of what was taken, masked. */
  public int getMaskedValue() {
    return mask(getIntValue());
  }

  /** The checksum of what was taken. */
  public int getIntValue() {
    return (int) crc.getValue();
  }

  @Override
  public long getValue() {
    return crc.getValue();
  }

  @Override
  public final void reset() {
    crc.reset();
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  @Override
  public final void update(int oneByte) {
    crc.update(oneByte);
  }
}
