package io.tributary.decode;

import static io.tributary.decode.Records.assertReason;
import static io.tributary.decode.Records.decode;
import static io.tributary.decode.Records.record;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a record becomes a dead letter. */
class UnusableRecordTest {
  /**
   * Never used, cut off, alone, overlong, half a surrogate pair, too large; bytes as characters.
   */
  private static final List<String> NOT_UTF8 =
      List.of(
          "\u00ff",
          "\u00c3",
          "\u00e2\u0082",
          "\u0080",
          "\u00c0\u0080",
          "\u00e0\u0080\u00af",
          "\u00ed\u00a0\u0080",
          "\u00f4\u0090\u0080\u0080");

  @Test
  void tombstone_isADeadLetter() {
    // When
    Decoded decoded = decode((byte[]) null);

    // Then
    assertReason(Reason.TOMBSTONE, decoded);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "EMPTY    | ``",
        "NOT_JSON | `  \n`",
        "NOT_JSON | oops",
        "NOT_JSON | {",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[1,]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[],}",
        "NOT_JSON | {\"messageId\":\"m\" \"payload\":[]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[\"x]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[\"\\q\"]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[\"\\u12\"]}",
        "NOT_JSON | `{\"messageId\":\"m\",\"payload\":[\"a\tb\"]}`",
        "NOT_JSON | `{\"messageId\":\"m\",\"payload\":[],\"x\":\"a\nb\"}`",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[01]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[+1]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[.5]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[1.]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[NaN]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[True]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[nul]}",
        "NOT_JSON | {'messageId':'m','payload':[]}",
        "NOT_JSON | {messageId:\"m\",\"payload\":[]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]/**/}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]} x",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]}}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]} {}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[]},",
        "NOT_JSON | 1 {\"messageId\":\"m\",\"payload\":[]}",
        "NOT_JSON | [] {\"messageId\":\"m\",\"payload\":[]}",
        "NOT_JSON | \"unfinished",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[],\"\\ud83d\":1}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[{\"\\udc00\":1}]}",
        "NOT_JSON | {\"messageId\":\"m\",\"payload\":[],\"x\":{\"a\\ude00\\ud83d\":1}}",
        "NOT_AN_OBJECT | []",
        "NOT_AN_OBJECT | [{\"messageId\":\"m\",\"payload\":[]}]",
        "NOT_AN_OBJECT | \"{}\"",
        "NOT_AN_OBJECT | 42",
        "NOT_AN_OBJECT | null",
        "NOT_AN_OBJECT | true",
        "NO_MESSAGE_ID | {}",
        "NO_MESSAGE_ID | {\"payload\":[{\"messageId\":\"m\"}],\"meta\":{\"messageId\":\"m\"}}",
        "NO_MESSAGE_ID | {\"messageid\":\"m\",\"payload\":[]}",
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":null,\"payload\":[]}",
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":7,\"payload\":[]}",
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":true,\"payload\":[]}",
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":{\"messageId\":\"m\"},\"payload\":[]}",
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":[\"m\"],\"payload\":[]}",
        "BLANK_MESSAGE_ID | {\"messageId\":\"\",\"payload\":[]}",
        "BLANK_MESSAGE_ID | {\"messageId\":\"  \",\"payload\":[]}",
        "BLANK_MESSAGE_ID | {\"messageId\":\"\\t\\n\",\"payload\":[]}",
        "BLANK_MESSAGE_ID | {\"messageId\":\"\\u00a0\\u2003\",\"payload\":[]}",
        "NO_PAYLOAD | {\"messageId\":\"m\"}",
        "NO_PAYLOAD | {\"messageId\":\"m\",\"Payload\":[]}",
        "PAYLOAD_NOT_AN_ARRAY | {\"messageId\":\"m\",\"payload\":null}",
        "PAYLOAD_NOT_AN_ARRAY | {\"messageId\":\"m\",\"payload\":{\"payload\":[]}}",
        "PAYLOAD_NOT_AN_ARRAY | {\"messageId\":\"m\",\"payload\":\"[]\"}",
        "PAYLOAD_NOT_AN_ARRAY | {\"messageId\":\"m\",\"payload\":0}"
      })
  void unusableRecord_isADeadLetterWithItsReason(Reason reason, String json) {
    // When
    Decoded decoded = decode(json);

    // Then
    assertReason(reason, decoded);
  }

  /** The place is where the parser noticed: of a wrong word it may be the end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "at byte 1           | {messageId:1}",
        "at byte 3           | [1 2]",
        "at byte 3           | [1,]",
        "at byte 7           | {\"a\":1,}",
        "at byte 6           | {\"a\":1]",
        "at byte 3           | `[\"a\tb\"]`",
        "at byte 4           | `[\"ä\tb\"]`",
        "at byte 17          | [\"ä and others x",
        "at byte 4           | \ufeff{x}",
        "at byte 2           | {}}",
        "more than one value | {} {oops",
        "more than one value | {}[]",
        "no value            | `  \n`",
        "no value            | \ufeff"
      })
  void recordThatIsNotJson_isADeadLetterThatTellsThePlace(String detail, String json) {
    // When
    DeadLetter deadLetter = assertInstanceOf(DeadLetter.class, decode(json));

    // Then
    assertEquals(Reason.NOT_JSON, deadLetter.reason());
    assertEquals(detail, deadLetter.detail());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
  void anotherEncoding_isADeadLetter(String charset) {
    // Given
    byte[] bytes = "{\"messageId\":\"m\",\"payload\":[]}".getBytes(Charset.forName(charset));

    // When
    Decoded decoded = decode(bytes);

    // Then
    assertReason(Reason.NOT_UTF8, decoded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messageId\":\"#\",\"payload\":[]}",
        "{\"messageId\":\"m\",\"payload\":[\"#\"]}",
        "{\"messageId\":\"m\",\"payload\":[{\"#\":1}]}",
        "{\"messageId\":\"m\",\"payload\":[],\"unknown\":\"#\"}",
        "{\"messageId\":\"m\",\"payload\":[],\"#\":1}"
      })
  void bytesThatAreNotUtf8_makeADeadLetterWhereverTheyAre(String json) {
    for (String malformed : NOT_UTF8) {
      // Given
      byte[] bytes = json.replace("#", malformed).getBytes(ISO_8859_1);

      // When
      Decoded decoded = decode(bytes);

      // Then
      assertReason(Reason.NOT_UTF8, decoded);
    }
  }

  @Test
  void deadLetter_keepsTheRecordAndTellsNothingOfIt() {
    // Given
    SourceRecord record = record("{\"messageId\":\"s3cret\",\"payload\":[s3cret]}");

    // When
    DeadLetter deadLetter =
        assertInstanceOf(DeadLetter.class, new EventDecoder(ContentDedupe.OFF).decode(record));

    // Then
    assertSame(record, deadLetter.source());
    assertFalse(deadLetter.detail().contains("s3cret"), deadLetter.detail());
    assertFalse(deadLetter.toString().contains("s3cret"), deadLetter.toString());
    assertTrue(deadLetter.toString().contains("customer_data-2@7"), deadLetter.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MESSAGE_ID_NOT_A_STRING | {\"messageId\":\"m\",\"payload\":[],\"messageId\":null}",
        "BLANK_MESSAGE_ID        | {\"messageId\":\"m\",\"payload\":[],\"messageId\":\"\"}",
        "PAYLOAD_NOT_AN_ARRAY    | {\"messageId\":\"m\",\"payload\":[1],\"payload\":{}}"
      })
  void nameThatStandsTwice_isRefusedForItsLastValue(Reason reason, String json) {
    // When
    Decoded decoded = decode(json);

    // Then
    assertReason(reason, decoded);
  }
}
