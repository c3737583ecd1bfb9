package io.tributary.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import io.tributary.event.Outcome;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
  private static final TopicPartition PARTITION = new TopicPartition("customer_data", 2);

  private final EventDecoder decoder = new EventDecoder(ContentDedupe.LATEST);

  @Test
  void usableRecord_isAnEvent() {
    // Given
    SourceRecord record =
        record(
            """
            {"messageId":"uuid","source":"java-producers","eventType":"CUSTOMER",
             "timestamp":"2024-02-08T10:30:00Z",
             "payload":[{"id":"CUST001","name":"John Doe"},{"id":"CUST002"}],
             "metadata":{"syncType":"INITIAL_FULL","recordCount":5}}
            """
                .getBytes(UTF_8));

    // When
    Event event = assertInstanceOf(Event.class, decoder.decode(record));

    // Then
    assertSame(record, event.source());
    assertEquals("uuid", event.messageId());
    assertEquals(2, event.recordCount());
    assertEquals("{\"id\":\"CUST001\",\"name\":\"John Doe\"},{\"id\":\"CUST002\"}", payload(event));
    assertEquals(2, payloadPrints(event).entries().size());
    assertEquals(Outcome.MERGED, event.outcome());
    assertFalse(event.isStored());
  }

  @Test
  void noMoreThanMessageIdAndPayload_isAnEvent() {
    // When
    Event event = event("{\"payload\":[],\"messageId\":\"m\"}");

    // Then
    assertEquals("m", event.messageId());
    assertEquals(0, event.recordCount());
    assertEquals(0, event.payloadLength());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messageId\":\"m\",\"payload\":[%s]}",
        "{\"messageId\":\"m\",\"payload\":[ \t\r\n%s \t\r\n]}",
        " \n {\"messageId\" : \"m\" , \"payload\" : [ %s ] } \n ",
        "{\"payload\":[%s],\"messageId\":\"m\"}",
        "{\"note\":\"äöü€😀\",\"ключ\":{\"ä\":[\"€\"]},\"payload\":[%s],\"messageId\":\"m\"}",
        "{\"payload\":[%s],\"messageId\":\"m\",\"payload2\":[1,2]}",
        "\ufeff{\"messageId\":\"m\",\"payload\":[%s]}",
        "\ufeff{\"ä\":\"€\",\"messageId\":\"m\",\"payload\": [%s] }"
      })
  void payload_staysByteForByte(String frame) {
    // Given
    String records =
        "{ \"id\" : \"C1\",\"b\":1.10,\"a\":1e2 , \"name\":\"J\\u00f6rg\\/ \\ud83d\" },\n"
            + "\t[ ] ,-0.0, \"ä€😀\" ,{\"ü\":null,\"ü\":true}, 12345678901234567890.000";

    // When
    Event event = event(String.format(frame, records));

    // Then
    assertEquals(records, payload(event));
    assertEquals(records.getBytes(UTF_8).length, event.payloadLength());
    assertEquals(6, event.recordCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1.5e-3", "true", "null", "\"x\"", "\"\"", "[]", "{}", "[[],{}]"})
  void singleRecordOfAnyKind_isCopiedAlone(String record) {
    // When
    Event event = event("{\"messageId\":\"m\",\"payload\":[ " + record + " ]}");

    // Then
    assertEquals(record, payload(event));
    assertEquals(1, event.recordCount());
  }

  @Test
  void tombstone_isADeadLetter() {
    // When
    Decoded decoded = decoder.decode(record((byte[]) null));

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "at byte 0            | oops",
        "at byte 1            | {",
        "at byte 1            | {messageId:1}",
        "at byte 2            | {\"",
        "at byte 6            | {\"a\":1",
        "at byte 6            | {\"a\":1]",
        "at byte 7            | {\"a\":1,}",
        "at byte 5            | {\"a\":}",
        "at byte 5            | {\"a\" 1}",
        "at byte 3            | [1 2]",
        "at byte 3            | [1,]",
        "at byte 2            | [01]",
        "at byte 3            | [1.]",
        "at byte 4            | [1e+]",
        "at byte 2            | [-]",
        "at byte 4            | [nul]",
        "at byte 5            | [nulls]",
        "at byte 3            | [\"\\q\"]",
        "at byte 6            | [\"\\u12\"]",
        "at byte 3            | `[\"a\tb\"]`",
        "at byte 4            | `[\"ä\tb\"]`",
        "at byte 5            | [\"abc",
        "at byte 17           | [\"ä and others x",
        "at byte 4            | \ufeff{x}",
        "at byte 3            | {} x",
        "at byte 2            | {}}",
        "more than one value  | {} {oops",
        "more than one value  | {}[]",
        "no value             | `  \n`",
        "no value             | \ufeff"
      })
  void recordThatIsNotJson_isADeadLetterThatNamesTheFirstWrongByte(String detail, String json) {
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
    Decoded decoded = decoder.decode(record(bytes));

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
    for (String malformed : List.of("\u00ff", "\u00c3", "\u00ed\u00a0\u0080", "\u00c0\u0080")) {
      // Given
      byte[] bytes = json.replace("#", malformed).getBytes(ISO_8859_1);

      // When
      Decoded decoded = decoder.decode(record(bytes));

      // Then
      assertReason(Reason.NOT_UTF8, decoded);
    }
  }

  @Test
  void deadLetter_keepsTheRecordAndTellsNothingOfIt() {
    // Given
    SourceRecord record = record("{\"messageId\":\"s3cret\",\"payload\":[s3cret]}".getBytes(UTF_8));

    // When
    DeadLetter deadLetter = assertInstanceOf(DeadLetter.class, decoder.decode(record));

    // Then
    assertSame(record, deadLetter.source());
    assertFalse(deadLetter.detail().contains("s3cret"), deadLetter.detail());
    assertFalse(deadLetter.toString().contains("s3cret"), deadLetter.toString());
    assertTrue(deadLetter.toString().contains("customer_data-2@7"), deadLetter.toString());
  }

  @Test
  void loneSurrogateAsEscape_isAnEventAndStaysAnEscape() {
    // When
    Event event =
        event("{\"messageId\":\"a\\ud800\",\"payload\":[{\"id\":\"\\udc00\",\"\\ud83d\":1}]}");

    // Then
    assertEquals("a\ud800", event.messageId());
    assertEquals("{\"id\":\"\\udc00\",\"\\ud83d\":1}", payload(event));
    assertNotEquals(print("\"\\ud800\""), print("\"\\udc00\""));
    assertNotEquals(print("\"\\ud800\""), print("\"?\""));
  }

  @Test
  void nameWrittenWithEscapes_isThatName() {
    // When
    Event event = event("{\"\\u006dessageId\":\"\\u0041\",\"pay\\u006coad\":[1]}");

    // Then
    assertEquals("A", event.messageId());
    assertEquals("1", payload(event));
    assertEquals(event("{\"messageId\":\"A\",\"payload\":[]}").idPrint(), event.idPrint());
  }

  @Test
  void nameThatStandsTwice_countsAsItsLastValue() {
    // When
    Event event =
        event(
            "{\"messageId\":1,\"payload\":[1,2,{\"id\":3}],\"messageId\":\"m\",\"payload\":[ 4 ]}");

    // Then
    assertEquals("m", event.messageId());
    assertEquals("4", payload(event));
    assertEquals(1, event.recordCount());
    assertEquals(
        payloadPrints(event("{\"messageId\":\"m\",\"payload\":[4]}")), payloadPrints(event));
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

  @Test
  void payloadThatStandsTwice_mayEndEmpty() {
    // When
    Event event = event("{\"messageId\":\"m\",\"payload\":[1,2],\"payload\":[ ]}");

    // Then
    assertEquals(0, event.recordCount());
    assertEquals("", payload(event));
  }

  @ParameterizedTest
  @EnumSource
  void thousandLevels_areAllowed(ContentDedupe mode) {
    // Given
    String records = "[".repeat(998) + "]".repeat(998);
    String members = "{\"a\":".repeat(999) + "1" + "}".repeat(999);
    String json = "{\"messageId\":\"m\",\"payload\":[" + records + "],\"x\":" + members + "}";

    // When
    Decoded decoded = new EventDecoder(mode).decode(record(json));

    // Then
    assertEquals(records, payload(assertInstanceOf(Event.class, decoded)));
  }

  @ParameterizedTest
  @EnumSource
  void moreLevels_areADeadLetterWhereverTheyAre(ContentDedupe mode) {
    for (int levels : List.of(1001, 5_000, 1_000_000)) {
      for (String json : nested(levels)) {
        // When
        Decoded decoded = new EventDecoder(mode).decode(record(json));

        // Then
        assertReason(Reason.TOO_DEEP, decoded);
      }
    }
  }

  /** Records of so many levels, also some that never close them. */
  private static List<String> nested(int levels) {
    String arrays = "[".repeat(levels - 2) + "]".repeat(levels - 2);
    String objects = "{\"a\":".repeat(levels - 2) + "1" + "}".repeat(levels - 2);
    return List.of(
        "{\"messageId\":\"m\",\"payload\":[" + arrays + "]}",
        "{\"messageId\":\"m\",\"payload\":[" + objects + "]}",
        "{\"messageId\":\"m\",\"payload\":[],\"x\":[" + arrays + "]}",
        "{\"messageId\":[" + objects + "],\"payload\":[]}",
        "[".repeat(levels),
        "{\"messageId\":\"m\",\"payload\":[" + "[".repeat(levels - 2),
        "{\"payload\":".repeat(levels));
  }

  @Test
  void hugeNumbers_areEvents() {
    // Given
    String records =
        "9".repeat(1_000_000) + ",-1e999999999,1." + "0".repeat(100_000) + "e-999999999";

    // When
    Event event = event("{\"messageId\":\"m\"", records);

    // Then
    assertEquals(records, payload(event));
  }

  @Test
  void hugeStringsAndNames_areEvents() {
    // Given
    String text = "äx".repeat(3_000_000);
    String name = "n".repeat(200_000);
    String records = "{\"id\":\"" + text + "\",\"" + name + "\":\"\"}";

    // When
    Event event =
        event("{\"messageId\":\"" + text + "\",\"" + name + "\":\"" + text + "\"", records);

    // Then
    assertEquals(text, event.messageId());
    assertEquals(records, payload(event));
  }

  @Test
  void namesWithOneHashInTheParser_areAnEvent() {
    // Given
    String records = object(namesOfOneHash(5_000).stream());

    // When
    Decoded decoded = decode("{\"messageId\":\"m\",\"payload\":[" + records + "]}");

    // Then
    assertEquals(records, payload(assertInstanceOf(Event.class, decoded)));
  }

  @Test
  void recordAfterNamesWithOneHash_isAnEvent() {
    // Given
    EventDecoder other = new EventDecoder(ContentDedupe.OFF);
    other.decode(record(object(names("so-many-that-the-table-starts-afresh-", 0, 10_000))));
    for (int count : List.of(100, 200, 300, 400, 600, 1_000)) {
      other.decode(record(object(namesOfOneHash(count).stream())));
    }

    for (int i = 0; i < 2_000; i++) {
      String records = object(names("customer-", i * 20, i * 20 + 20));

      // When
      Decoded decoded = decode("{\"messageId\":\"m\",\"payload\":[" + records + "]}");

      // Then
      assertInstanceOf(Event.class, decoded, "record " + i);
    }
  }

  @Test
  void manyNames_areAnEvent() {
    // Given
    String records = object(names("CUST-", 0, 150_000));

    // When
    Event event = event("{\"messageId\":\"m\"", records);

    // Then
    assertEquals(records, payload(event));
  }

  @Test
  void content_isNotPrintedWhenItIsNotCompared() {
    // Given
    EventDecoder off = new EventDecoder(ContentDedupe.OFF);
    String json = "{\"messageId\":\"m\",\"payload\":[{\"id\":1}, [2,{}] ]}";

    // When
    Event event = assertInstanceOf(Event.class, off.decode(record(json)));

    // Then
    assertNull(event.payload());
    assertEquals("{\"id\":1}, [2,{}]", payload(event));
    assertEquals(2, event.recordCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"C1\"}               | true",
        "{\"id\":7}                    | true",
        "{\"a\":{},\"\\u0069d\":\"C1\"}  | true",
        "{\"id\":null,\"id\":\"C1\"}     | true",
        "{\"id\":null}                 | false",
        "{\"id\":\"C1\",\"id\":null}     | false",
        "{\"ID\":\"C1\"}               | false",
        "{\"a\":{\"id\":\"C1\"}}         | false",
        "{}                          | false",
        "[{\"id\":\"C1\"}]             | false",
        "\"id\"                        | false",
        "null                        | false"
      })
  void entry_hasAnIdIfItIsAnObjectWithOne(String record, boolean expected) {
    // When
    Event.Entry entry = entry(record);

    // Then
    assertEquals(expected, entry.id() != null);
  }

  @Test
  void idOfAnEntry_isNotTakenFromTheEntryBefore() {
    // When
    Event event = event("{\"messageId\":\"m\",\"payload\":[{\"id\":\"C1\"},{\"a\":1},2,[3]]}");

    // Then
    List<Boolean> withId =
        payloadPrints(event).entries().stream().map(entry -> entry.id() != null).toList();
    assertEquals(List.of(true, false, false, false), withId);
  }

  @Test
  void idOfAnEntry_isTheSameOnItsTopicOnly() {
    // Given
    byte[] json = "{\"messageId\":\"m\",\"payload\":[{\"id\":\"1\"}]}".getBytes(UTF_8);
    Fingerprint here = payloadPrints(eventOn("customer_data", 0, json)).entries().get(0).id();

    // When
    Fingerprint elsewhere = payloadPrints(eventOn("inventory_data", 0, json)).entries().get(0).id();

    // Then
    assertNotEquals(here, elsewhere);
    assertEquals(here, payloadPrints(eventOn("customer_data", 5, json)).entries().get(0).id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"C1\",\"v\":1}   | {\"v\":2,\"id\":\"\\u0043\\u0031\"} | true",
        "{\"id\":1}              | {\"id\":\"1\"}                    | false",
        "{\"id\":1}              | {\"id\":1.0}                    | false",
        "{\"id\":\"C1\"}           | {\"id\":\"C2\"}                   | false",
        "{\"id\":1,\"id\":\"C1\"}    | {\"id\":\"C1\"}                   | true"
      })
  void idOfAnEntry_isAJsonValue(String left, String right, boolean same) {
    // Given
    Fingerprint first = entry(left).id();

    // When
    Fingerprint second = entry(right).id();

    // Then
    assertEquals(same, first.equals(second));
  }

  @Test
  void severalThreads_takeTheSamePrints() throws Exception {
    // Given
    List<String> records =
        IntStream.range(0, 500).mapToObj(i -> "{\"id\":" + i + ",\"v\":[" + i + "]}").toList();
    List<Event.Payload> expected = records.stream().map(this::prints).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);

    // When
    List<Future<List<Event.Payload>>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(threads.submit(() -> records.stream().map(this::prints).toList()));
    }

    // Then
    for (Future<List<Event.Payload>> prints : all) {
      assertEquals(expected, prints.get());
    }
    threads.shutdown();
  }

  @Test
  void mutatedRecord_isAnEventOrADeadLetterAsAnotherReaderSays() {
    // Given
    Random random = new Random(42);
    AnotherReader reader = new AnotherReader();
    int usable = 0;

    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = paired(mutated(random));

      // When
      Decoded decoded = decoder.decode(record(bytes));

      // Then
      String text = new String(bytes, UTF_8);
      if (reader.finds(bytes)) {
        usable++;
        Event event = assertInstanceOf(Event.class, decoded, text);
        assertEquals(reader.messageId, event.messageId(), text);
        assertEquals(reader.payload.size(), event.recordCount(), text);
        assertEquals(reader.payload, reader.read("[" + payload(event) + "]"), text);
        assertEquals(event.recordCount(), payloadPrints(event).entries().size(), text);
      } else {
        assertInstanceOf(DeadLetter.class, decoded, text);
      }
    }
    assertTrue(usable > 2_000 && usable < 18_000, "both kinds came: " + usable);
  }

  /** Without halves of surrogate pairs, which Jackson does not take in a name. */
  private static byte[] paired(byte[] value) {
    String text = new String(value, ISO_8859_1);
    return text.replaceAll("(?i)\\\\ud[89a-f]", "\\\\uff").getBytes(ISO_8859_1);
  }

  /** Decides by other means what is usable: text and tree instead of bytes and stream. */
  private static final class AnotherReader {
    private final JsonMapper mapper =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder().maxNumberLength(1_000_000).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private String messageId = "";
    private JsonNode payload = mapper.createArrayNode();

    boolean finds(byte[] bytes) {
      String text = new String(bytes, UTF_8);
      if (!Arrays.equals(text.getBytes(UTF_8), bytes)) {
        return false;
      }
      JsonNode root = read(text.startsWith("\ufeff") ? text.substring(1) : text);
      messageId = root.path("messageId").textValue();
      payload = root.path("payload");
      return messageId != null && !messageId.isBlank() && payload.isArray();
    }

    JsonNode read(String text) {
      try {
        return mapper.readTree(text);
      } catch (IOException malformed) {
        return mapper.missingNode();
      }
    }
  }

  private static byte[] mutated(Random random) {
    String[] seeds = {
      "{\"messageId\":\"m-1\",\"payload\":[{\"id\":\"C1\",\"n\":[1,2.50,-3e2]},{\"id\":null}],\"x\":{\"y\":[]}}",
      " {\"payload\": [ \"ä€😀\\u00e4\\\"\" , true,null , {} ] ,\n\"messageId\":\"ü\"}\n",
      "\ufeff{\"messageId\":\"a\",\"payload\":[[[1],[]],{\"a\":{\"a\":0}}],\"messageId\":\"b\"}"
    };
    String[] tokens = {
      "\"",
      "\\",
      ",",
      ":",
      "[",
      "]",
      "{",
      "}",
      " ",
      "\n",
      "0",
      "-",
      ".",
      "e",
      "null",
      "\"id\":1,",
      "\"messageId\":\"z\",",
      "\"payload\":[1],",
      "\\u0041",
      "\\ud800",
      "ä",
      "\ufeff",
      "\0",
      "//"
    };
    byte[] bytes = seeds[random.nextInt(seeds.length)].getBytes(UTF_8);
    for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
      int at = random.nextInt(bytes.length);
      int cut = random.nextInt(3) == 0 ? random.nextInt(Math.min(6, bytes.length - at)) : 0;
      byte[] put = new byte[0];
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> put = tokens[random.nextInt(tokens.length)].getBytes(UTF_8);
        case 2 -> put = Arrays.copyOfRange(bytes, at, at + random.nextInt(bytes.length - at));
        default -> cut = random.nextInt(Math.min(12, bytes.length - at));
      }
      bytes = replaced(bytes, at, cut, put);
    }
    return bytes.length == 0 ? new byte[] {'{'} : bytes;
  }

  private static byte[] replaced(byte[] bytes, int at, int cut, byte[] put) {
    return ByteBuffer.allocate(bytes.length - cut + put.length)
        .put(bytes, 0, at)
        .put(put)
        .put(bytes, at + cut, bytes.length - at - cut)
        .array();
  }

  /** Names of eight letters and digits that the parser's symbol table hashes alike. */
  private static List<String> namesOfOneHash(int count) {
    int inverse = inverseOf(33);
    List<String> names = new ArrayList<>();
    for (int i = 0; names.size() < count; i++) {
      int first = quad(Integer.toString(36 * 36 * 36 + i, 36));
      int mixed = first + (first >>> 15);
      mixed ^= mixed >>> 9;
      String name = text(first) + text((0x12345678 - mixed) * inverse);
      if (name.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\')) {
        names.add(name);
      }
    }
    return names;
  }

  private static int inverseOf(int odd) {
    int inverse = odd;
    for (int i = 0; i < 5; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  private static int quad(String four) {
    return ByteBuffer.wrap(
            Arrays.copyOfRange(four.getBytes(UTF_8), four.length() - 4, four.length()))
        .getInt();
  }

  private static String text(int quad) {
    return new String(ByteBuffer.allocate(4).putInt(quad).array(), ISO_8859_1);
  }

  private static Stream<String> names(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> prefix + number);
  }

  private static String object(Stream<String> names) {
    return names.map(name -> '"' + name + "\":1").collect(Collectors.joining(",", "{", "}"));
  }

  private static SourceRecord record(String json) {
    return record(json.getBytes(UTF_8));
  }

  private static SourceRecord record(byte[] value) {
    return new SourceRecord(PARTITION, 7, 0, null, value);
  }

  private Decoded decode(String json) {
    return decoder.decode(record(json));
  }

  private Event event(String json) {
    return assertInstanceOf(Event.class, decode(json));
  }

  /** The event whose record begins like this, and has these records as its payload. */
  private Event event(String start, String records) {
    return event(start + ",\"payload\":[" + records + "]}");
  }

  private Event eventOn(String topic, int partition, byte[] json) {
    TopicPartition place = new TopicPartition(topic, partition);
    return assertInstanceOf(Event.class, decoder.decode(new SourceRecord(place, 0, 0, null, json)));
  }

  private Event.Payload prints(String records) {
    return payloadPrints(event("{\"messageId\":\"m\"", records));
  }

  private Event.Entry entry(String record) {
    return prints(record).entries().get(0);
  }

  private Fingerprint print(String record) {
    return entry(record).value();
  }

  private static Event.Payload payloadPrints(Event event) {
    Event.Payload payload = event.payload();
    assertNotNull(payload);
    return payload;
  }

  private static String payload(Event event) {
    ByteBuffer target = ByteBuffer.allocate(event.payloadLength());
    event.copyPayload(target);
    assertEquals(0, target.remaining());
    return new String(target.array(), UTF_8);
  }

  private static void assertReason(Reason reason, Decoded decoded) {
    assertEquals(reason, assertInstanceOf(DeadLetter.class, decoded).reason());
  }
}
