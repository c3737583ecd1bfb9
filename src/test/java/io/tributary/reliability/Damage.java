package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damages a record: a byte here and there, or something in it that a lenient reader takes. */
final class Damage {
  private static final String LENIENT =
      "// /**/ # NaN -Infinity +1 01 .5 1. 0x1F 1e - ' 'a' True nul undefined id:1 , ,, : ; ( [ ] {"
          + " } \" \\ \\x41 \\u12 \\u００４１ \\'";
  private static final String IN_ORDER_SOMEWHERE =
      "0 null true, [], {}, \"\", \\u0041 \\u0000 \\ud800 \\udc00 \\ud83d\\ude00 ä 😀 \"id\":1,"
          + " \"id\":null, \"messageId\":\"z\", \"messageId\":7, \"payload\":[1], \"payload\":{},";
  private static final String INVISIBLE = "\n \t \f \0 \u0001 \u007f \u00a0 \u2028 \ufeff";

  /** What UTF-8 has not: overlong, surrogates, too large, cut off, never used. */
  private static final String NOT_UTF8 =
      "c080 c1bf e080af f08080af eda080 edb080 eda0bdedb880 f4908080 f888808080 80 bf c3 e282 f09f98"
          + " fe ff";

  private static final List<byte[]> TOKENS =
      Stream.concat(
              Stream.of(LENIENT, IN_ORDER_SOMEWHERE, INVISIBLE)
                  .flatMap(list -> Stream.of(list.split(" ")))
                  .map(token -> token.getBytes(UTF_8)),
              Stream.of(NOT_UTF8.split(" ")).map(HexFormat.of()::parseHex))
          .toList();

  private final Random random;

  Damage(Random random) {
    this.random = random;
  }

  /** The record with one to three bytes or stretches of it changed, doubled, or taken away. */
  byte[] mutated(byte[] record) {
    byte[] bytes = record;
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      int length = random.nextInt(Math.min(20, bytes.length - at) + 1);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
            case 1 ->
                replaced(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
            case 2 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 3 -> replaced(bytes, at, length, new byte[0]);
            default -> replaced(bytes, at, 1, new byte[] {(byte) ('0' + random.nextInt(10))});
          };
    }
    return bytes;
  }

  /** The record with one of the tokens in it, at any place, or at its beginning or end. */
  byte[] spliced(byte[] record) {
    byte[] token = TOKENS.get(random.nextInt(TOKENS.size()));
    int at =
        switch (random.nextInt(8)) {
          case 0 -> 0;
          case 1 -> record.length;
          default -> afterPunctuation(record, random.nextInt(record.length));
        };
    int cut = at < record.length && random.nextInt(4) == 0 ? 1 : 0;
    return replaced(record, at, cut, token);
  }

  /** The beginning of the record. */
  byte[] cut(byte[] record) {
    return Arrays.copyOf(record, random.nextInt(record.length));
  }

  /** Mostly where a value or a name may begin, since anything is in order within a string. */
  private int afterPunctuation(byte[] record, int from) {
    if (random.nextInt(3) == 0) {
      return from;
    }
    for (int i = from; i < record.length; i++) {
      if (",:[{".indexOf(record[i]) >= 0) {
        return i + 1;
      }
    }
    return from;
  }

  private static byte[] replaced(byte[] bytes, int at, int cut, byte[] put) {
    return ByteBuffer.allocate(bytes.length - cut + put.length)
        .put(bytes, 0, at)
        .put(put)
        .put(bytes, at + cut, bytes.length - at - cut)
        .array();
  }
}
