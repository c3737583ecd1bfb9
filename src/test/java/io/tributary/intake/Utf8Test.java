package io.tributary.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "abcdefgh",
        "abcdefghi",
        "ä",
        "abcdefgä",
        "€",
        "😀",
        "\ufeff{}",
        "abcd\0"
      })
  void text_isValid(String text) {
    // Given
    byte[] bytes = text.getBytes(UTF_8);

    // When
    boolean valid = Utf8.isValid(bytes);

    // Then
    assertTrue(valid);
  }

  /** Cut, overlong, surrogates, beyond the last code point, bytes that no character has. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "c3",
        "c328",
        "e282",
        "e28228",
        "f09f98",
        "f09f9828",
        "c080",
        "c1bf",
        "e08080",
        "e09fbf",
        "f08080af",
        "eda080",
        "edbfbf",
        "edafbfedbfbf",
        "f4908080",
        "f5808080",
        "f8888080",
        "fe",
        "ff"
      })
  void malformedSequence_isNotValidAtAnyPlace(String hex) {
    // Given
    byte[] sequence = HexFormat.of().parseHex(hex);

    for (int place = 0; place < 20; place++) {
      byte[] bytes = "abcdefghijklmnopqrst".getBytes(UTF_8);
      bytes = Arrays.copyOf(bytes, place + sequence.length + (hex.length() > 2 ? 1 : 0));
      System.arraycopy(sequence, 0, bytes, place, sequence.length);

      // When
      boolean valid = Utf8.isValid(bytes);

      // Then
      assertFalse(valid, "at " + place);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "ISO-8859-1"})
  void anotherEncoding_isNotValid(String charset) {
    // Given
    byte[] bytes = "{\"name\":\"Jörg\"}".getBytes(Charset.forName(charset));

    // When
    boolean valid = Utf8.isValid(bytes);

    // Then
    assertFalse(valid);
  }

  @Test
  void randomBytes_areValidIfTheyAreTheBytesOfTheirText() {
    // Given
    Random random = new Random(8);
    int valid = 0;

    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = randomBytes(random);
      byte[] again = new String(bytes, UTF_8).getBytes(UTF_8);

      // When
      boolean isValid = Utf8.isValid(bytes);

      // Then
      assertEquals(Arrays.equals(bytes, again), isValid, () -> HexFormat.of().formatHex(bytes));
      valid += isValid ? 1 : 0;
    }
    assertTrue(valid > 1_000 && valid < 49_000, "both kinds came: " + valid);
  }

  @Test
  void check_leavesTheBytesAsTheyAre() {
    // Given
    byte[] bytes = "ä, b".getBytes(UTF_8);
    byte[] copy = bytes.clone();

    // When
    Utf8.isValid(bytes);

    // Then
    assertArrayEquals(copy, bytes);
  }

  /** Bytes near the limits of UTF-8, but no NUL, which is not allowed near the start. */
  private static byte[] randomBytes(Random random) {
    int[] likely = {
      'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4
    };
    byte[] bytes = new byte[1 + random.nextInt(6)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) likely[random.nextInt(likely.length)];
    }
    return bytes;
  }
}
