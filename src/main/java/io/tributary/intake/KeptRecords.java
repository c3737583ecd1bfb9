package io.tributary.intake;

import io.tributary.batch.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Records that were read and are not yet handed over, in their order. For one thread. */
final class KeptRecords {
  /** Bytes of values at which no more is gathered; one response of each broker can add to it. */
  private static final long ENOUGH_BYTES = 4_000_000;

  private final int enough;
  private final Deque<ConsumerRecord<Object, Object>> records = new ArrayDeque<>();
  private long bytes;

  /**
   * @param enough number of records at which no more is gathered
   */
  KeptRecords(int enough) {
    this.enough = enough;
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** Whether no more fits into one batch. */
  boolean fillABatch(Limits most) {
    return reach(most.maxMessages(), most.maxPayloadBytes());
  }

  /** Whether so much is here that it is handed over at once. */
  boolean areEnough(Limits most) {
    return reach(
        Math.min(enough, most.maxMessages()), Math.min(ENOUGH_BYTES, most.maxPayloadBytes()));
  }

  private boolean reach(int number, long size) {
    return records.size() >= number || bytes >= size;
  }

  void add(ConsumerRecords<Object, Object> read) {
    for (ConsumerRecord<Object, Object> record : read) {
      records.add(record);
      bytes += bytes(record);
    }
  }

  /** Drops the records of all other partitions. */
  void keepOnly(Predicate<TopicPartition> wanted) {
    if (records.removeIf(record -> !wanted.test(partition(record)))) {
      bytes = records.stream().mapToLong(KeptRecords::bytes).sum();
    }
  }

  /** Takes as many as fit into one batch, and one at least. */
  List<ConsumerRecord<Object, Object>> take(Limits most) {
    List<ConsumerRecord<Object, Object>> taken = new ArrayList<>(records.size());
    long size = 0;
    while (!records.isEmpty()) {
      long more = bytes(records.getFirst());
      if (!taken.isEmpty() && !most.allow(taken.size() + 1, size + more)) {
        break;
      }
      taken.add(records.removeFirst());
      size += more;
    }
    bytes -= size;
    return taken;
  }

  /** The offset of the first record of a partition; null when there is none. */
  @Nullable Long firstOffset(TopicPartition partition) {
    for (ConsumerRecord<?, ?> record : records) {
      if (partition(record).equals(partition)) {
        return record.offset();
      }
    }
    return null;
  }

  static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /** At least what the record adds to a batch. */
  private static long bytes(ConsumerRecord<?, ?> record) {
    return Math.max(0, record.serializedValueSize());
  }
}
