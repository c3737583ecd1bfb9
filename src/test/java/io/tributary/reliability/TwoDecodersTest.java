package io.tributary.reliability;

import static io.tributary.dedupe.ContentDedupe.LATEST;
import static io.tributary.dedupe.ContentDedupe.OFF;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.bench.JacksonDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import io.tributary.intake.EventDecoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The decoder beside one on Jackson's parser: the same of every record, prints too. */
@Tag("reliability")
class TwoDecodersTest {
  private static final long SEED = Long.getLong("chaos.seed", 20240208);
  private static final TopicPartition PARTITION = new TopicPartition("customer_data", 0);

  /** A larger record is not damaged once more, since that takes most of the time. */
  private static final int SMALL = 2_000;

  private static final int DAMAGES = 8;

  private final Map<ContentDedupe, JacksonDecoder> others =
      Map.of(LATEST, new JacksonDecoder(LATEST), OFF, new JacksonDecoder(OFF));
  private final Map<ContentDedupe, EventDecoder> decoders =
      Map.of(LATEST, new EventDecoder(LATEST), OFF, new EventDecoder(OFF));
  private final Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
  private int events;

  @Test
  void fuzzedRecord_isTheSameToBoth() {
    assertSame(2_000);
  }

  @Test
  @Tag("long")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void everyOneOfHundredsOfThousands_isTheSameToBoth() {
    assertSame(Integer.getInteger("chaos.records", 100_000));
  }

  private void assertSame(int count) {
    // Given
    FuzzedRecords records = new FuzzedRecords(SEED);
    Random random = new Random(SEED);
    Damage damage = new Damage(random);

    for (int i = 0; i < count; i++) {
      byte[] record = records.next();
      assertSame(record);
      if (record != null && record.length > 0 && record.length < SMALL) {
        for (int j = 0; j < DAMAGES; j++) {
          assertSame(random.nextBoolean() ? damage.mutated(record) : damage.spliced(record));
        }
      }
    }
    assertTrue(events > count / 2, "events: " + events);
    for (Reason reason : Reason.values()) {
      if (reason != Reason.REFUSED_BY_API) {
        assertTrue(reasons.getOrDefault(reason, 0) > count / 4_000, reasons.toString());
      }
    }
  }

  private void assertSame(byte[] value) {
    for (ContentDedupe mode : decoders.keySet()) {
      SourceRecord record = new SourceRecord(PARTITION, 0, 0, null, value);
      Decoded expected = others.get(mode).decode(record);
      try {
        // When
        Decoded decoded = decoders.get(mode).decode(record);

        // Then
        if (isNotJson(expected) && !isNotJson(decoded) && !Arrays.equals(value, paired(value))) {
          assertSame(paired(value));
        } else if (expected instanceof Event event) {
          assertSame(event, assertInstanceOf(Event.class, decoded));
          events++;
        } else {
          assertSame((DeadLetter) expected, assertInstanceOf(DeadLetter.class, decoded));
          reasons.merge(((DeadLetter) expected).reason(), 1, Integer::sum);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + SEED + ": " + shown(value), e);
      }
    }
  }

  private static void assertSame(Event expected, Event event) {
    assertEquals(expected.messageId(), event.messageId());
    assertEquals(expected.idPrint(), event.idPrint());
    assertEquals(expected.recordCount(), event.recordCount());
    assertEquals(expected.payload(), event.payload());
    assertArrayEquals(copied(expected), copied(event));
  }

  /** Places differ, since Jackson tells that of a token where it can tell no byte. */
  private void assertSame(DeadLetter expected, DeadLetter deadLetter) {
    assertEquals(expected.reason(), deadLetter.reason());
    if (deadLetter.reason() == Reason.NOT_JSON) {
      assertPlace(deadLetter);
    } else {
      assertEquals(expected.detail(), deadLetter.detail());
    }
  }

  /** A record that is cut off after the byte in question has it in question too. */
  private void assertPlace(DeadLetter deadLetter) {
    byte[] value = deadLetter.source().value();
    if (deadLetter.detail().startsWith("at byte ")) {
      int place = Integer.parseInt(deadLetter.detail().substring("at byte ".length()));
      assertTrue(place <= value.length, deadLetter.detail());
      byte[] start = Arrays.copyOf(value, Math.min(place + 1, value.length));
      SourceRecord cut = new SourceRecord(PARTITION, 0, 0, null, start);
      DeadLetter same = assertInstanceOf(DeadLetter.class, decoders.get(OFF).decode(cut));
      assertTrue(
          same.reason() == Reason.NOT_UTF8 || same.detail().equals(deadLetter.detail()),
          same + " and " + deadLetter);
    }
  }

  private static boolean isNotJson(Decoded decoded) {
    return decoded instanceof DeadLetter deadLetter && deadLetter.reason() == Reason.NOT_JSON;
  }

  /**
   * The record without halves of surrogate pairs, each escape of one replaced by another. RFC 8259
   * has them, and Jackson takes them in a text, but not in a name.
   */
  private static byte[] paired(byte[] value) {
    String text = new String(value, ISO_8859_1);
    return text.replaceAll("(?i)\\\\ud[89a-f]", "\\\\uff").getBytes(ISO_8859_1);
  }

  private static byte[] copied(Event event) {
    ByteBuffer payload = ByteBuffer.allocate(event.payloadLength());
    event.copyPayload(payload);
    return payload.array();
  }

  private static String shown(byte[] value) {
    return value == null ? "null" : new String(value, 0, Math.min(500, value.length), UTF_8);
  }
}
