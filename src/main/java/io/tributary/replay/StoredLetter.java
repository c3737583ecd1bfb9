package io.tributary.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.deadletter.DeadLetterFormat;
import io.tributary.event.SourceRecord;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter in its topic.
 *
 * @param stored as it stands there
 * @param reason the label of why it is one
 * @param eventId of the batch; null for a record
 * @param source the record, at its place of before; for a batch its document, at the letter's place
 */
public record StoredLetter(
    ConsumerRecord<byte[], byte[]> stored,
    String reason,
    @Nullable String eventId,
    SourceRecord source) {

  /** The dead letter in a record; null when it is none, or its headers cannot be read. */
  static @Nullable StoredLetter of(ConsumerRecord<byte[], byte[]> stored) {
    String reason = text(stored, DeadLetterFormat.REASON);
    String eventId = text(stored, DeadLetterFormat.EVENT_ID);
    if (reason == null) {
      return null;
    }
    TopicPartition place = new TopicPartition(stored.topic(), stored.partition());
    long offset = stored.offset();
    long time = stored.timestamp();
    if (eventId == null) {
      try {
        String topic = text(stored, DeadLetterFormat.SOURCE_TOPIC);
        String partition = text(stored, DeadLetterFormat.SOURCE_PARTITION);
        place = new TopicPartition(String.valueOf(topic), Integer.parseInt(partition));
        offset = Long.parseLong(text(stored, DeadLetterFormat.SOURCE_OFFSET));
        time = Long.parseLong(text(stored, DeadLetterFormat.SOURCE_TIMESTAMP));
      } catch (NumberFormatException notOurs) {
        return null;
      }
    }
    SourceRecord source = new SourceRecord(place, offset, time, stored.key(), stored.value());
    return new StoredLetter(stored, reason, eventId, source);
  }

  /** When it was written. */
  Instant time() {
    return Instant.ofEpochMilli(stored.timestamp());
  }

  /** What it is the dead letter of: the same for one that was written twice. */
  String identity() {
    return eventId == null ? source + "@" + source.timestamp() : eventId;
  }

  /** For a person, without its body. */
  @Override
  public String toString() {
    Object what = eventId == null ? source : eventId;
    return "%d@%d %s %s %s".formatted(stored.partition(), stored.offset(), time(), reason, what);
  }

  private static @Nullable String text(ConsumerRecord<?, ?> stored, String name) {
    Header header = stored.headers().lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }
}
