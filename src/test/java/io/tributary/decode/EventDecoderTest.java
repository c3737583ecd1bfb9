package io.tributary.decode;

import static io.tributary.decode.Records.event;
import static io.tributary.decode.Records.eventOf;
import static io.tributary.decode.Records.hashes;
import static io.tributary.decode.Records.payload;
import static io.tributary.decode.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.event.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a usable record. */
class EventDecoderTest {
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
            """);

    // When
    Event event =
        assertInstanceOf(Event.class, new EventDecoder(ContentDedupe.LATEST).decode(record));

    // Then
    assertSame(record, event.source());
    assertEquals("uuid", event.messageId());
    assertEquals(2, event.recordCount());
    assertEquals("{\"id\":\"CUST001\",\"name\":\"John Doe\"},{\"id\":\"CUST002\"}", payload(event));
    assertEquals(2, hashes(event).entries().size());
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
  void loneSurrogateAsEscape_isAnEventAndStaysAnEscape() {
    // When
    Event event = event("{\"messageId\":\"a\\ud800\",\"payload\":[{\"id\":\"\\udc00\"}]}");

    // Then
    assertEquals("a\ud800", event.messageId());
    assertEquals("{\"id\":\"\\udc00\"}", payload(event));
  }

  @Test
  void nameWrittenWithEscapes_isThatName() {
    // When
    Event event = event("{\"\\u006dessageId\":\"\\u0041\",\"pay\\u006coad\":[1]}");

    // Then
    assertEquals("A", event.messageId());
    assertEquals("1", payload(event));
    assertEquals(event("{\"messageId\":\"A\",\"payload\":[]}").idHash(), event.idHash());
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
    assertEquals(hashes(event("{\"messageId\":\"m\",\"payload\":[4]}")), hashes(event));
  }

  @Test
  void payloadThatStandsTwice_mayEndEmpty() {
    // When
    Event event = event("{\"messageId\":\"m\",\"payload\":[1,2],\"payload\":[ ]}");

    // Then
    assertEquals(0, event.recordCount());
    assertEquals("", payload(event));
  }

  @Test
  void content_isNotHashedWhenItIsNotCompared() {
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

  @Test
  void severalThreads_takeTheSameHashes() throws Exception {
    // Given
    List<String> records =
        IntStream.range(0, 500).mapToObj(i -> "{\"id\":" + i + ",\"v\":[" + i + "]}").toList();
    List<Event.Payload> expected = records.stream().map(EventDecoderTest::hashesOf).toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);

    // When
    List<Future<List<Event.Payload>>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(threads.submit(() -> records.stream().map(EventDecoderTest::hashesOf).toList()));
    }

    // Then
    for (Future<List<Event.Payload>> hashes : all) {
      assertEquals(expected, hashes.get());
    }
    threads.shutdown();
  }

  private static Event.Payload hashesOf(String entries) {
    return hashes(eventOf(entries));
  }
}
