package io.tributary.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.deadletter.DeadLetterFormat;
import io.tributary.event.SourceRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it stands in its topic.
 *
 * @param place partition and offset in the dead-letter topic
 * @param time when it was written there
 * @param reason the label of why it is one
 * @param eventId of the batch; null for a record
 * @param source the record, at its place of before; for a batch its document, at the letter's place
 * @param omitted whether the value was left out, since it was too large
 */
public record StoredLetter(
    String place,
    Instant time,
    String reason,
    @Nullable String eventId,
    SourceRecord source,
    boolean omitted) {

  /** The dead letter in a record; empty when it is none, or its headers cannot be read. */
  static Optional<StoredLetter> of(ConsumerRecord<byte[], byte[]> record) {
    String reason = text(record, DeadLetterFormat.REASON);
    String eventId = text(record, DeadLetterFormat.EVENT_ID);
    if (reason == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new StoredLetter(
              record.partition() + "@" + record.offset(),
              Instant.ofEpochMilli(record.timestamp()),
              reason,
              eventId,
              eventId == null ? source(record) : whole(record),
              text(record, DeadLetterFormat.OMITTED_BYTES) != null));
    } catch (NumberFormatException notOurs) {
      return Optional.empty();
    }
  }

  /** Whether it is a batch; a record otherwise. */
  public boolean isBatch() {
    return eventId != null;
  }

  /** The topic that a record came from. */
  public String topic() {
    return source.partition().topic();
  }

  /** The partition that a record came from. */
  public int partition() {
    return source.partition().partition();
  }

  /** The key that it had as a record. */
  public byte @Nullable [] key() {
    return source.key();
  }

  /** The original bytes. */
  public byte @Nullable [] value() {
    return source.value();
  }

  /** What it is the dead letter of: the same for one that was written twice. */
  public String identity() {
    return eventId == null ? source + "@" + source.timestamp() : eventId;
  }

  private static SourceRecord source(ConsumerRecord<byte[], byte[]> record) {
    return new SourceRecord(
        new TopicPartition(
            String.valueOf(text(record, DeadLetterFormat.SOURCE_TOPIC)),
            Integer.parseInt(text(record, DeadLetterFormat.SOURCE_PARTITION))),
        Long.parseLong(text(record, DeadLetterFormat.SOURCE_OFFSET)),
        Long.parseLong(text(record, DeadLetterFormat.SOURCE_TIMESTAMP)),
        record.key(),
        record.value());
  }

  private static SourceRecord whole(ConsumerRecord<byte[], byte[]> record) {
    return new SourceRecord(
        new TopicPartition(record.topic(), record.partition()),
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value());
  }

  private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }
}
