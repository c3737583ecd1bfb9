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
  private long word;
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
    word = 0;
  }

  /** Reads the string after an opening quote; returns the place after the closing one. */
  int read(int from) throws JsonException {
    long first = Words.at(bytes, from);
    int plain = Words.plain(first);
    if (plain == Long.BYTES || Words.byteOf(first, plain) != '"') {
      return readLong(from);
    }
    take(from, from + plain);
    word = Words.first(first, plain);
    return end + 1;
  }

  private int readLong(int from) throws JsonException {
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
    word = 0;
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
    boolean overlong = point < (length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80);
    if (surrogate || overlong || point > Character.MAX_CODE_POINT) {
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

  /** A string of one to seven ASCII characters without escapes as one word; 0 for others. */
  long word() {
    return word;
  }

  /** Whether it is that name of ASCII characters. */
  boolean is(byte[] name) {
    if (inPlace) {
      return end - start == name.length && Arrays.equals(bytes, start, end, name, 0, name.length);
    }
    boolean same = count == name.length;
    for (int i = 0; same && i < count; i++) {
      same = characters[i] == name[i];
    }
    return same;
  }

  /** Its print, which is the same however it is written, with a seed for its kind. */
  MurmurHash print(MurmurHash hash, int seed) {
    if (word != 0) {
      return hash.print(seed, word, end - start);
    }
    return inPlace
        ? hash.print(seed, bytes, start, end)
        : hash.reset(seed).add(characters, 0, count).finish();
  }

  /** What it means. */
  @Override
  public String toString() {
    return inPlace
        ? new String(bytes, start, end - start, ISO_8859_1)
        : new String(characters, 0, count);
  }
}
