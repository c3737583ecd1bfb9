package io.tributary.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * The string or number that was read last. Stays where it stands in the record while each of its
 * bytes is a character; is copied as characters when it has escapes, or others than ASCII's.
 */
final class JsonText {
  private static final char[] NONE = {};

  private final byte[] bytes;
  private int start;
  private int end;
  private boolean inPlace;
  private char[] characters = NONE;
  private int count;

  JsonText(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes bytes that are known to be ASCII. */
  void take(int from, int to) {
    start = from;
    end = to;
    inPlace = true;
  }

  /** Reads the string after an opening quote; returns the place after the closing one. */
  int read(int from) throws JsonException {
    int i = from;
    int plain;
    while ((plain = Words.plain(Words.at(bytes, i))) == Long.BYTES) {
      i += Long.BYTES;
    }
    i += plain;
    if (i < bytes.length && bytes[i] == '"') {
      take(from, i);
      return i + 1;
    }
    inPlace = false;
    count = 0;
    makeRoom(i - from + 16);
    while (count < i - from) {
      characters[count] = (char) bytes[from + count++];
    }
    return readCharacters(i);
  }

  private int readCharacters(int from) throws JsonException {
    int i = from;
    while (i < bytes.length) {
      byte b = bytes[i];
      makeRoom(2);
      if (b == '"') {
        return i + 1;
      } else if (b == '\\') {
        i = readEscape(i + 1);
      } else if (b >= ' ') {
        characters[count++] = (char) b;
        i++;
      } else if (b < 0) {
        i = readCodePoint(i);
      } else {
        break;
      }
    }
    throw JsonException.at(i);
  }

  private int readEscape(int from) throws JsonException {
    int letter = from < bytes.length ? bytes[from] : 0;
    int meaning =
        switch (letter) {
          case '"', '\\', '/' -> letter;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> -1;
          default -> throw JsonException.at(from);
        };
    if (meaning >= 0) {
      characters[count++] = (char) meaning;
      return from + 1;
    }
    int unit = 0;
    for (int i = from + 1; i <= from + 4; i++) {
      int digit = i < bytes.length ? Character.digit(bytes[i], 16) : -1;
      if (digit < 0) {
        throw JsonException.at(i);
      }
      unit = unit << 4 | digit;
    }
    characters[count++] = (char) unit;
    return from + 5;
  }

  /** Reads a character of several bytes, in no other form than the one that UTF-8 has for it. */
  private int readCodePoint(int from) throws JsonException {
    int lead = bytes[from] & 0xff;
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || from + length > bytes.length) {
      throw JsonException.at(from);
    }
    int point = lead & 0x7f >> length;
    for (int i = from + 1; i < from + length; i++) {
      if ((bytes[i] & 0xc0) != 0x80) {
        throw JsonException.at(from);
      }
      point = point << 6 | (bytes[i] & 0x3f);
    }
    boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    if (surrogate || point < (length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80)) {
      throw JsonException.at(from);
    }
    if (point > Character.MAX_CODE_POINT) {
      throw JsonException.at(from);
    }
    count += Character.toChars(point, characters, count);
    return from + length;
  }

  private void makeRoom(int more) {
    if (count + more > characters.length) {
      characters = Arrays.copyOf(characters, Math.max(count + more, characters.length * 2));
    }
  }

  /** Whether it is that word of ASCII characters. */
  boolean is(byte[] word) {
    if (inPlace) {
      return Arrays.equals(bytes, start, end, word, 0, word.length);
    }
    boolean same = count == word.length;
    for (int i = 0; same && i < count; i++) {
      same = characters[i] == word[i];
    }
    return same;
  }

  /** Adds its characters to a hash, which is the same however they are written. */
  MurmurHash addTo(MurmurHash hash) {
    return inPlace ? hash.add(bytes, start, end) : hash.add(characters, 0, count);
  }

  /** What it means. */
  @Override
  public String toString() {
    return inPlace
        ? new String(bytes, start, end - start, ISO_8859_1)
        : new String(characters, 0, count);
  }
}
