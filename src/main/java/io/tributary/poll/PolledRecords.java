package io.tributary.poll;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One poll of Kafka as it was read.
 *
 * @param records the records of each partition, in their order
 * @param positions how far each partition has been read with them
 */
public record PolledRecords(
    Map<TopicPartition, List<ConsumerRecord<Object, Object>>> records,
    Map<TopicPartition, Position> positions) {
  /** The number of records. */
  public int count() {
    return records.values().stream().mapToInt(List::size).sum();
  }
}
