package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import io.tributary.reliability.IndependentReading.Reading;
import io.tributary.support.Repositories;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.kafka.common.TopicPartition;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The decoder and the memories of duplicates, beside a second reading of the contract. */
@Tag("reliability")
class FuzzedDecodingTest {
  private static final long SEED = Long.getLong("chaos.seed", 20240208);
  private static final int TURN = 1_000;
  private static final int MORE_THAN_ENOUGH_KEYS = 10_000_000;

  private final EventDecoder decoder = new EventDecoder(ContentDedupe.LATEST);
  private final EventDecoder comparingNothing = new EventDecoder(ContentDedupe.OFF);
  private final SeenIds seenIds = new SeenIds(MORE_THAN_ENOUGH_KEYS, Duration.ofDays(1));
  private final SeenContents seenContents =
      new SeenContents(ContentDedupe.LATEST, MORE_THAN_ENOUGH_KEYS, Duration.ofDays(1));
  private final IndependentReading reading = new IndependentReading();
  private final Map<String, Hash128> hashes = new HashMap<>();
  private final Map<Hash128, String> contents = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  /** Tens of thousands of duplicates are not worth a line each. */
  @BeforeAll
  static void logLess() {
    Configurator.setLevel("io.tributary.dedupe", Level.ERROR);
  }

  @AfterAll
  static void logAgain() {
    Configurator.setLevel("io.tributary.dedupe", (Level) null);
  }

  @Test
  void fuzzedRecord_isWhatASecondReadingSays() {
    assertAgreedOn(20_000);
  }

  @Test
  @Tag("long")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void everyOneOfAHundredThousandFuzzedRecords_isWhatASecondReadingSays() {
    assertAgreedOn(100_000);
  }

  private void assertAgreedOn(int count) {
    // Given
    FuzzedRecords records = new FuzzedRecords(SEED);

    for (int i = 0; i < count; i++) {
      byte[] value = records.next();
      byte[] original = value == null ? null : value.clone();
      String topic = i / TURN % 2 == 0 ? "customer_data" : "inventory_data";
      SourceRecord record = new SourceRecord(new TopicPartition(topic, 0), i, 0, null, value);
      Reading expected = reading.read(topic, value);
      String which = "seed " + SEED + ", record " + i;

      try {
        // When
        Decoded decoded = decoder.decode(record);
        Decoded uncompared = comparingNothing.decode(record);

        // Then
        assertSame(record, decoded.source());
        assertArrayEquals(original, value);
        assertAgreed(expected, decoded);
        assertAgreed(expected, uncompared);
        assertEquals(expected.outcome(), outcome(decoded).label());
        if (decoded instanceof Event event) {
          assertSameHashes(expected, event.payload());
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(which + ", " + expected.outcome() + ": " + shown(value), e);
      }
      counts.merge(expected.isEvent() ? expected.outcome() : expected.reason(), 1, Integer::sum);
    }
    assertEveryKindCame(count);
  }

  private static void assertAgreed(Reading expected, Decoded decoded) {
    if (!expected.isEvent()) {
      DeadLetter deadLetter = assertInstanceOf(DeadLetter.class, decoded);
      assertEquals(expected.reason(), deadLetter.reason().label());
      return;
    }
    Event event = assertInstanceOf(Event.class, decoded);
    ByteBuffer payload = ByteBuffer.allocate(event.payloadLength());
    event.copyPayload(payload);
    assertEquals(expected.messageId(), event.messageId());
    assertEquals(expected.entries().size(), event.recordCount());
    assertEquals(expected.payload(), new String(payload.array(), UTF_8));
  }

  /** Hashes are the same exactly where contents are, over all records. */
  private void assertSameHashes(Reading expected, Event.Payload payload) {
    assertEquals(expected.contents().size(), payload.entries().size());
    for (int i = 0; i < expected.contents().size(); i++) {
      String content = expected.contents().get(i);
      Hash128 hash = payload.entries().get(i).value();
      assertEquals(hashes.computeIfAbsent(content, c -> hash), hash);
      assertEquals(contents.computeIfAbsent(hash, p -> content), content);
    }
  }

  private Outcome outcome(Decoded decoded) {
    if (!(decoded instanceof Event event)) {
      return Outcome.DEAD_LETTER;
    }
    if (isNew(seenIds, event)) {
      isNew(seenContents, event);
    }
    return event.outcome();
  }

  /** Asks and confirms as Camel's idempotent consumer does. */
  private static boolean isNew(IdempotentRepository repository, Event event) {
    return Repositories.add(repository, event) && repository.confirm(event.messageId());
  }

  private void assertEveryKindCame(int count) {
    for (Outcome outcome : Outcome.values()) {
      if (outcome != Outcome.DEAD_LETTER) {
        assertTrue(counts.getOrDefault(outcome.label(), 0) > count / 100, counts.toString());
      }
    }
    for (Reason reason : EnumSet.range(Reason.TOMBSTONE, Reason.PAYLOAD_NOT_AN_ARRAY)) {
      assertTrue(counts.getOrDefault(reason.label(), 0) > count / 2_000, counts.toString());
    }
  }

  private static String shown(byte[] value) {
    return value == null ? "null" : new String(value, 0, Math.min(500, value.length), UTF_8);
  }
}
