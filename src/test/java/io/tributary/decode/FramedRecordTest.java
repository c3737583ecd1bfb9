package io.tributary.decode;

import static io.tributary.decode.Records.hashes;
import static io.tributary.decode.Records.payload;
import static io.tributary.decode.Records.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.demo.StubRegistry;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Reason;
import io.tributary.schema.RegistryException;
import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.AvroEvents;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of records in the wire format of a schema registry. */
class FramedRecordTest {
  private final StubRegistry stub = new StubRegistry();
  private final EventDecoder decoder =
      new EventDecoder(
          ContentDedupe.LATEST,
          SchemaRegistry.of(
              Settings.from(Map.of(Setting.SCHEMA_REGISTRY_URL, stub.url())::get), Duration.ZERO));

  @AfterEach
  void close() {
    stub.close();
  }

  @Test
  void avro_isAnEventLikeThatOfJson() {
    // Given
    stub.add(1, null, AvroEvents.SCHEMA, "");
    byte[] avro = AvroEvents.framed(1, "m1", "C1", 110);
    String json =
        "{\"payload\":[{\"since\":\"2024-02-08\",\"balance\":1.10,\"id\":\"C1\"}],"
            + "\"messageId\":\"m1\"}";

    // When
    Event event = assertInstanceOf(Event.class, decode(avro));
    Event same = assertInstanceOf(Event.class, decode(json.getBytes(UTF_8)));

    // Then
    assertArrayEquals(avro, event.source().value());
    assertEquals("m1", event.messageId());
    assertEquals(AvroEvents.json("C1", "1.10"), payload(event));
    assertEquals(hashes(same), hashes(event));
    assertEquals(same.idHash(), event.idHash());
  }

  @Test
  void bodyOfJsonSchema_staysByteForByte() {
    // Given
    stub.add(1, "JSON", "{}", "");
    String json = "{\"messageId\":\"m\",\"payload\":[ {\"a\":1e2} ]}";

    // When
    Decoded decoded = decode(StubRegistry.framed(1, json.getBytes(UTF_8)));

    // Then
    assertEquals("{\"a\":1e2}", payload(assertInstanceOf(Event.class, decoded)));
  }

  @Test
  void bodyOfJsonSchema_canBeADeadLetterAsJsonCan() {
    // Given
    stub.add(1, "JSON", "{}", "");

    // Then
    assertLetter(Reason.NOT_JSON, "no value", 1L, StubRegistry.framed(1, new byte[0]));
    assertLetter(Reason.NOT_UTF8, "", 1L, StubRegistry.framed(1, new byte[] {'"', -1, '"'}));
    assertLetter(Reason.NO_MESSAGE_ID, "", 1L, StubRegistry.framed(1, "{}".getBytes(UTF_8)));
  }

  @Test
  void avroThatIsTooDeep_isADeadLetter() {
    // Given
    stub.add(
        1,
        null,
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":[\"null\",\"R\"]}]}",
        "");
    byte[] body = new byte[2_000];
    Arrays.fill(body, 0, 1_999, (byte) 2);

    // Then
    assertLetter(Reason.TOO_DEEP, "more than 1000 levels", 1L, StubRegistry.framed(1, body));
  }

  @Test
  void avroThatIsNoRecord_isADeadLetter() {
    // Given
    stub.add(1, null, "\"int\"", "");

    // Then
    assertLetter(Reason.NOT_AN_OBJECT, "", 1L, StubRegistry.framed(1, new byte[] {2}));
  }

  @Test
  void bytesThatDoNotFit_areADeadLetterWithTheId() {
    // Given
    stub.add(1, null, AvroEvents.SCHEMA, "");

    // Then
    assertLetter(
        Reason.NOT_AVRO, "it ends too early, at byte 5", 1L, StubRegistry.framed(1, new byte[0]));
    assertLetter(Reason.UNKNOWN_SCHEMA, "its id is 2", 2L, StubRegistry.framed(2, new byte[0]));
    assertLetter(
        Reason.NOT_AVRO, "it ends before the id of its schema does", null, new byte[] {0, 0, 0, 1});
  }

  @Test
  void jsonBesideIt_namesNoSchema() {
    assertLetter(Reason.NOT_JSON, "at byte 0", null, "x".getBytes(UTF_8));
    assertLetter(Reason.EMPTY, "", null, new byte[0]);
  }

  @Test
  void registryThatFails_isNoDeadLetter() {
    // Given
    stub.answering(500, "");

    // Then
    assertThrows(RegistryException.class, () -> decode(AvroEvents.framed(1, "m", "C", 1)));
  }

  private Decoded decode(byte[] value) {
    return decoder.decode(record(value));
  }

  private void assertLetter(Reason reason, String detail, @Nullable Long schemaId, byte[] value) {
    DeadLetter letter = assertInstanceOf(DeadLetter.class, decode(value));
    assertEquals(reason, letter.reason());
    assertEquals(detail, letter.detail());
    assertEquals(schemaId, letter.schemaId());
    assertArrayEquals(value, letter.source().value());
  }
}
