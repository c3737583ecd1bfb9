package io.tributary.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Tells whether bytes are well-formed UTF-8, and no JSON in another encoding. */
final class Utf8 {
  private Utf8() {}

  static boolean isValid(byte[] bytes) {
    // JSON has no NUL; one near the start betrays UTF-16 or UTF-32 made of plain characters.
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) {
        return false;
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }
}
