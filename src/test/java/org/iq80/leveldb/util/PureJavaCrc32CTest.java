package org.iq80.leveldb.util;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Random;
import java.util.zip.Checksum;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.junit.jupiter.api.Test;

class PureJavaCrc32CTest {
  @Test
  void knownBytes_haveTheKnownChecksum() {
    // Given
    PureJavaCrc32C crc = new PureJavaCrc32C();

    // When
    byte[] bytes = "123456789".getBytes(US_ASCII);
    crc.update(bytes, 0, bytes.length);

    // Then
    assertEquals(0xe3069283, crc.getIntValue());
    assertEquals(0xe3069283L, crc.getValue());
    assertEquals(crc.getIntValue(), PureJavaCrc32C.unmask(crc.getMaskedValue()));
  }

  /** Or state folders could not be read by what wrote them, nor by other ports of LevelDB. */
  @Test
  void anyBytes_haveTheChecksumOfTheClassThatIsReplaced() throws Exception {
    URL port = Iq80DBFactory.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {port}, ClassLoader.getPlatformClassLoader())) {
      // Given
      Class<?> replaced = alone.loadClass(PureJavaCrc32C.class.getName());
      Checksum theirs = (Checksum) replaced.getConstructor().newInstance();
      PureJavaCrc32C ours = new PureJavaCrc32C();
      Random random = new Random(1);

      for (int i = 0; i < 1_000; i++) {
        // When
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        int offset = bytes.length / 3;
        theirs.update(bytes, offset, bytes.length - offset);
        ours.update(bytes, offset, bytes.length - offset);
        theirs.update(i);
        ours.update(i);

        // Then
        assertEquals(theirs.getValue(), ours.getValue());
        Object masked = replaced.getMethod("getMaskedValue").invoke(theirs);
        assertEquals(masked, ours.getMaskedValue());
      }
      assertNotEquals(replaced, PureJavaCrc32C.class);
    }
  }

  @Test
  void levelDb_usesThisOne() {
    // When
    URI place =
        URI.create("" + PureJavaCrc32C.class.getProtectionDomain().getCodeSource().getLocation());
    URI port =
        URI.create("" + Iq80DBFactory.class.getProtectionDomain().getCodeSource().getLocation());

    // Then
    assertNotEquals(port, place);
  }
}
