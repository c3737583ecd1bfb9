package io.tributary.intake;

import io.tributary.batch.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Deque<Run> runs = new ArrayDeque<>();
  private int count;
  private long bytes;

  /** What one response had of a partition. */
  private record Run(TopicPartition partition, Deque<ConsumerRecord<Object, Object>> records) {}

  /**
   * @param enough number of records at which no more is gathered
   */
  KeptRecords(int enough) {
    this.enough = enough;
  }

  boolean isEmpty() {
    return count == 0;
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
    return count >= number || bytes >= size;
  }

  void add(ConsumerRecords<Object, Object> read) {
    for (TopicPartition partition : read.partitions()) {
      List<ConsumerRecord<Object, Object>> records = read.records(partition);
      runs.add(new Run(partition, new ArrayDeque<>(records)));
      records.forEach(record -> count(record, 1));
    }
  }

  /** Drops the records of all other partitions. */
  void keepOnly(Predicate<TopicPartition> wanted) {
    runs.removeIf(
        run -> {
          boolean dropped = !wanted.test(run.partition());
          if (dropped) {
            run.records().forEach(record -> count(record, -1));
          }
          return dropped;
        });
  }

  /** Takes as many as fit into one batch, and one at least. */
  Map<TopicPartition, List<ConsumerRecord<Object, Object>>> take(Limits most) {
    Map<TopicPartition, List<ConsumerRecord<Object, Object>>> taken = new LinkedHashMap<>();
    int number = 0;
    long size = 0;
    while (!runs.isEmpty()) {
      Run run = runs.getFirst();
      List<ConsumerRecord<Object, Object>> records =
          taken.computeIfAbsent(run.partition(), partition -> new ArrayList<>());
      while (!run.records().isEmpty()) {
        ConsumerRecord<Object, Object> next = run.records().getFirst();
        number++;
        size += bytes(next);
        if (number > 1 && !most.allow(number, size)) {
          return taken;
        }
        records.add(run.records().removeFirst());
        count(next, -1);
      }
      runs.removeFirst();
    }
    return taken;
  }

  /** The offset of the first record of a partition; null when there is none. */
  @Nullable Long firstOffset(TopicPartition partition) {
    for (Run run : runs) {
      if (run.partition().equals(partition)) {
        return run.records().getFirst().offset();
      }
    }
    return null;
  }

  private void count(ConsumerRecord<?, ?> record, int sign) {
    count += sign;
    bytes += sign * bytes(record);
  }

  /** At least what the record adds to a batch. */
  private static long bytes(ConsumerRecord<?, ?> record) {
    return Math.max(0, record.serializedValueSize());
  }
}
