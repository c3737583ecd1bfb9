package io.tributary.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of single values of Avro; {@link AvroFuzzTest} has whole records. */
class AvroJsonTest {
  private static final long MOST = 10_000;

  /** The bytes are written by hand, as Avro's specification has them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "null"                                                        |                    | null
          "boolean"                                                     | 01                 | true
          "int"                                                         | ffffffff0f         | -2147483648
          "long"                                                        | feffffffffffffffff01 | 9223372036854775807
          "long"                                                        | 80008000           | !
          "float"                                                       | 0000c03f           | 1.5
          "float"                                                       | cdcccc3d           | 0.1
          "double"                                                      | 9a9999999999b93f   | 0.1
          "double"                                                      | 000000000040df43   | 9.007199254740992E18
          "string"                                                      | 0861c3a922         | "aé\\""
          "string"                                                      | 06efbfbd           | "\ufffd"
          "bytes"                                                       | 0600ff10           | "AP8Q"
          {"type":"fixed","name":"F","size":2}                          | 00ff               | "AP8="
          {"type":"fixed","name":"F","size":0}                          |                    | ""
          {"type":"enum","name":"E","symbols":["A","B"]}                | 02                 | "B"
          ["null","int"]                                                | 0206               | 3
          ["null","int"]                                                | 00                 | null
          {"type":"array","items":"int"}                                | 0402040602 0800    | !
          {"type":"array","items":"int"}                                | 0402040206 00      | [1,2,3]
          {"type":"array","items":"int"}                                | 03040204 00        | [1,2]
          {"type":"map","values":"int"}                                 | 04026202 02610400  | {"b":1,"a":2}
          {"type":"record","name":"R","fields":[]}                      |                    | {}
          {"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"int","default":7}]} | 0204 | {"b":1,"a":2}
          {"type":"int","logicalType":"date"}                           | e2b402             | "2024-02-08"
          {"type":"int","logicalType":"date"}                           | 01                 | "1969-12-31"
          {"type":"int","logicalType":"time-millis"}                    | 80a18624           | "10:30:00"
          {"type":"long","logicalType":"time-micros"}                   | 02                 | "00:00:00.000001"
          {"type":"long","logicalType":"timestamp-millis"}              | 8091a384b163       | "2024-02-08T10:30:00Z"
          {"type":"long","logicalType":"timestamp-millis"}              | 01                 | "1969-12-31T23:59:59.999Z"
          {"type":"long","logicalType":"timestamp-micros"}              | 02                 | "1970-01-01T00:00:00.000001Z"
          {"type":"long","logicalType":"timestamp-nanos"}               | 02                 | "1970-01-01T00:00:00.000000001Z"
          {"type":"long","logicalType":"local-timestamp-millis"}        | 00                 | "1970-01-01T00:00:00"
          {"type":"long","logicalType":"local-timestamp-micros"}        | d00f               | "1970-01-01T00:00:00.001"
          {"type":"long","logicalType":"local-timestamp-nanos"}         | 02                 | "1970-01-01T00:00:00.000000001"
          {"type":"string","logicalType":"uuid"}                        | 0278               | "x"
          {"type":"fixed","name":"U","size":16,"logicalType":"uuid"}    | 000102030405060708090a0b0c0d0e0f | "00010203-0405-0607-0809-0a0b0c0d0e0f"
          {"type":"fixed","name":"D","size":12,"logicalType":"duration"} | 01000000 02000000 ea030000 | "P1M2DT1.002S"
          {"type":"fixed","name":"D","size":12,"logicalType":"duration"} | ffffffff 00000000 ffffffff | "P4294967295M0DT4294967.295S"
          {"type":"bytes","logicalType":"decimal","precision":9,"scale":2} | 02 6e          | 1.10
          {"type":"bytes","logicalType":"decimal","precision":9,"scale":2} | 04 ff00        | -2.56
          {"type":"bytes","logicalType":"decimal","precision":9,"scale":8} | 02 01          | 0.00000001
          {"type":"bytes","logicalType":"decimal","precision":9,"scale":8} | 02 00          | 0.00000000
          {"type":"bytes","logicalType":"decimal","precision":9}        | 02 7f              | 127
          {"type":"fixed","name":"D","size":3,"logicalType":"decimal","precision":5,"scale":1} | 00000f | 1.5
          {"type":"bytes","logicalType":"decimal","precision":2,"scale":9} | 02 01          | "AQ=="
          {"type":"long","logicalType":"nobody-knows"}                  | 02                 | 1
          """)
  void value_isJson(String schema, String bytes, String json) throws IOException {
    // Given
    byte[] value = bytes == null ? new byte[0] : HexFormat.of().parseHex(bytes.replace(" ", ""));

    // Then
    if (json.equals("!")) {
      assertThrows(UnfitException.class, () -> read(schema, value));
    } else {
      assertEquals(json, read(schema, value));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "int"                                        |                         | it ends too early, at byte 1
          "int"                                        | 80                      | it ends too early, at byte 2
          "int"                                        | 8080808010              | it has a number that cannot be, at byte 6
          "int"                                        | 0000                    | it goes on where the record has ended, at byte 2
          "long"                                       | ffffffffffffffffffff01  | it has a number of too many bytes, at byte 11
          "boolean"                                    | 02                      | it has a number that cannot be, at byte 2
          "float"                                      | 0000c07f                | no JSON has a number like that, at byte 5
          "double"                                     | 000000000000f0ff        | no JSON has a number like that, at byte 9
          "double"                                     | 00                      | it ends too early, at byte 1
          "string"                                     | 0461                    | it has a number that cannot be, at byte 2
          "string"                                     | 01                      | it has a number that cannot be, at byte 2
          "string"                                     | feffffffffffffffff01    | it has a number that cannot be, at byte 11
          "string"                                     | 02ff                    | its text is not UTF-8, at byte 3
          "string"                                     | 06eda080                | its text is not UTF-8, at byte 5
          "bytes"                                      | feffffff0f              | it has a number that cannot be, at byte 6
          {"type":"fixed","name":"F","size":2000000000} | 00                     | it has a number that cannot be, at byte 1
          {"type":"enum","name":"E","symbols":["A"]}   | 02                      | it has a number that cannot be, at byte 2
          ["null","int"]                               | 01                      | it has a number that cannot be, at byte 2
          ["null","int"]                               | 04                      | it has a number that cannot be, at byte 2
          {"type":"map","values":"null"}               | 0202ff00                | its text is not UTF-8, at byte 4
          {"type":"array","items":"null"}              | ffffffffffffffffff0100  | it has a number of elements that cannot be, at byte 12
          {"type":"array","items":"null"}              | 0364                    | it has a number that cannot be, at byte 3
          {"type":"array","items":"null"}              | feffffffffffffffff0100  | it would be more than 10000 bytes of JSON, at byte 11
          {"type":"array","items":{"type":"record","name":"R","fields":[]}} | feffffffffffffffff0100 | it would be more than 10000 bytes of JSON, at byte 11
          {"type":"array","items":{"type":"fixed","name":"F","size":0}} | feffffffffffffffff0100 | it would be more than 10000 bytes of JSON, at byte 11
          {"type":"array","items":{"type":"array","items":"null"}} | 02feffffffffffffffff0100 | it would be more than 10000 bytes of JSON, at byte 12
          {"type":"int","logicalType":"time-millis"}   | 80b0f352                | it has a number that cannot be, at byte 5
          {"type":"long","logicalType":"time-micros"}  | 01                      | it has a number that cannot be, at byte 2
          {"type":"bytes","logicalType":"decimal","precision":9} | 00            | it has a decimal without a byte, or with too many, at byte 2
          """)
  void bytesThatDoNotFit_areRefusedWithTheirPlace(String schema, String bytes, String why) {
    // Given
    byte[] value = bytes == null ? new byte[0] : HexFormat.of().parseHex(bytes);

    // When
    UnfitException refused = assertThrows(UnfitException.class, () -> read(schema, value));

    // Then
    assertEquals(Reason.NOT_AVRO, refused.reason());
    assertEquals(why, refused.getMessage());
  }

  @Test
  void decimalOfAMillionDigits_isRefusedBeforeItIsMade() {
    // Given
    String schema = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":0}";
    byte[] value = new byte[500_004];
    Arrays.fill(value, (byte) 0x7f);
    byte[] length = HexFormat.of().parseHex("c2843d"); // 500,001
    System.arraycopy(length, 0, value, 0, 3);

    // Then
    assertThrows(UnfitException.class, () -> read(schema, value));
  }

  @ParameterizedTest
  @CsvSource({"1000, false", "1001, true"})
  void levels_areThoseOfJson(int levels, boolean tooDeep) throws IOException {
    // Given lists in each other
    String schema =
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}";
    byte[] value = new byte[levels];
    Arrays.fill(value, 0, levels - 1, (byte) 2);

    // Then
    if (tooDeep) {
      assertTooDeep(schema, value);
    } else {
      assertTrue(read(schema, value).startsWith("{\"r\":{\"r\":"));
    }
  }

  @Test
  void recordThatHoldsItself_isTooDeep() {
    // Given what takes no byte and has no end
    String schema =
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":\"R\"}]}";

    // Then
    assertTooDeep(schema, new byte[0]);
  }

  @Test
  void fieldsOfTheRecordItself_haveTheirNamesInJson() throws IOException {
    // Given
    String schema =
        """
        {"type":"record","name":"R","fields":[
          {"name":"key","type":"int"},
          {"name":"in","type":{"type":"record","name":"I","fields":[{"name":"key","type":"int"}]}}]}
        """;

    // When
    byte[] json =
        reader(new byte[] {2, 4}).read(schema(schema), Map.of("key", "messageId", "x", "payload"));

    // Then
    assertEquals("{\"messageId\":1,\"in\":{\"key\":2}}", new String(json, UTF_8));
  }

  @Test
  void fieldsOfARecordOfAUnion_haveTheirNamesInJson() throws IOException {
    // Given
    String schema =
        "[\"null\",{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"key\",\"type\":\"int\"}]}]";

    // When
    byte[] json = reader(new byte[] {2, 4}).read(schema(schema), Map.of("key", "messageId"));

    // Then
    assertEquals("{\"messageId\":2}", new String(json, UTF_8));
  }

  private static void assertTooDeep(String schema, byte[] value) {
    UnfitException refused = assertThrows(UnfitException.class, () -> read(schema, value));
    assertEquals(Reason.TOO_DEEP, refused.reason());
    assertEquals("more than 1000 levels", refused.getMessage());
  }

  private static String read(String schema, byte[] value) throws IOException {
    return new String(reader(value).read(schema(schema), Map.of()), UTF_8);
  }

  /** After one byte that is none of its. */
  private static AvroJson reader(byte[] value) throws IOException {
    byte[] whole = new byte[1 + value.length];
    System.arraycopy(value, 0, whole, 1, value.length);
    return new AvroJson(whole, 1, MOST);
  }

  private static Schema schema(String text) {
    return new Schema.Parser().parse(text);
  }
}
