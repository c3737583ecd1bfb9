package io.tributary.event;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record as it was read, without its headers but for the trace: a producer must not be able
 * to steer a route with them.
 *
 * @param partition topic and partition
 * @param offset place in the partition
 * @param timestamp milliseconds since the epoch, as the broker or the producer set it
 * @param key null when the record has none
 * @param value null for a tombstone
 * @param traceparent the trace that its producer put it into; null without one, or untraced
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed on, never compared
public record SourceRecord(
    TopicPartition partition,
    long offset,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    @Nullable String traceparent) {

  /** A record that is not traced. */
  public SourceRecord(
      TopicPartition partition,
      long offset,
      long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value) {
    this(partition, offset, timestamp, key, value, null);
  }

  /** Where the record stands: {@code topic-partition@offset}. Never its body. */
  @Override
  public String toString() {
    return partition + "@" + offset;
  }
}
