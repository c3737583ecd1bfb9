package io.tributary.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;

/** A record's value as characters, which knows at which bytes they stand. */
final class Text {
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final byte[] bytes;
  private final char[] characters;
  private final int start;
  private final int end;

  private Text(byte[] bytes, char[] characters, int end) {
    this.bytes = bytes;
    this.characters = characters;
    this.start = end > 0 && characters[0] == BYTE_ORDER_MARK ? 1 : 0;
    this.end = end;
  }

  /**
   * The text of bytes; one byte order mark may come first.
   *
   * @throws CharacterCodingException they are not UTF-8, or JSON in another encoding
   */
  static Text of(byte[] bytes) throws CharacterCodingException {
    // JSON has no NUL; one near the start betrays UTF-16 or UTF-32 made of plain characters.
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) {
        throw new MalformedInputException(1);
      }
    }
    CharBuffer decoded = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    return new Text(bytes, decoded.array(), decoded.limit());
  }

  byte[] bytes() {
    return bytes;
  }

  /** The array that has the characters, from {@link #start} on. */
  char[] characters() {
    return characters;
  }

  /** The place of the first character, after a byte order mark. */
  int start() {
    return start;
  }

  /** The number of characters, without a byte order mark. */
  int length() {
    return end - start;
  }

  /** The place in the bytes of the character at this place after the start, or the nearest one. */
  int byteAt(long place) {
    int character = (int) Math.max(0, Math.min(place, length()));
    boolean ascii = end == bytes.length;
    return ascii ? character : new String(characters, 0, start + character).getBytes(UTF_8).length;
  }

  /** The place after the last character before this place that is no white space. */
  int withoutSpaceBefore(int place) {
    int trimmed = place;
    while (characters[start + trimmed - 1] <= ' ') {
      trimmed--;
    }
    return trimmed;
  }
}
