package io.tributary.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;

/** Records, and what the decoder makes of them. */
final class Records {
  private static final EventDecoder DECODER = new EventDecoder(ContentDedupe.LATEST);

  private Records() {}

  static SourceRecord record(String json) {
    return record(json.getBytes(UTF_8));
  }

  static SourceRecord record(byte[] value) {
    return new SourceRecord(new TopicPartition("customer_data", 2), 7, 0, null, value);
  }

  static Decoded decode(String json) {
    return decode(json.getBytes(UTF_8));
  }

  static Decoded decode(byte[] value) {
    return DECODER.decode(record(value));
  }

  static Event event(String json) {
    return assertInstanceOf(Event.class, decode(json));
  }

  /** The event with these entries. */
  static Event eventOf(String entries) {
    return event("{\"messageId\":\"m\",\"payload\":[" + entries + "]}");
  }

  static String payload(Event event) {
    ByteBuffer target = ByteBuffer.allocate(event.payloadLength());
    event.copyPayload(target);
    assertEquals(0, target.remaining());
    return new String(target.array(), UTF_8);
  }

  static Event.Payload hashes(Event event) {
    return assertInstanceOf(Event.Payload.class, event.payload());
  }

  static void assertReason(Reason reason, Decoded decoded) {
    assertEquals(reason, assertInstanceOf(DeadLetter.class, decoded).reason());
  }
}
