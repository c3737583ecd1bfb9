package io.tributary.store;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * The offsets of each partition that are in batches which are not settled: the lowest of them is
 * what may be committed. Safe for several threads.
 */
final class UnsettledOffsets {
  private final Map<TopicPartition, TreeMap<Long, Range>> batches = new HashMap<>();

  private UnsettledOffsets() {}

  /** No batch is unsettled. */
  static UnsettledOffsets none() {
    return new UnsettledOffsets();
  }

  /** The lowest and the highest offset that a batch has of a partition. */
  private record Range(long lowest, long highest) {
    Range with(Range other) {
      return new Range(Math.min(lowest, other.lowest), Math.max(highest, other.highest));
    }
  }

  /** A batch has got these offsets. */
  synchronized void added(long batch, TopicPartition partition, long lowest, long highest) {
    batches
        .computeIfAbsent(partition, unused -> new TreeMap<>())
        .merge(batch, new Range(lowest, highest), Range::with);
  }

  /** A batch needs no more attempts. */
  synchronized void settled(long batch) {
    batches.values().forEach(ranges -> ranges.remove(batch));
  }

  /** Whoever commits for a partition need not wait for offsets below this one any more. */
  synchronized void release(TopicPartition partition, long below) {
    TreeMap<Long, Range> ranges = batches.get(partition);
    if (ranges != null) {
      ranges.values().removeIf(range -> range.highest() < below);
      ranges.replaceAll((batch, r) -> new Range(Math.max(r.lowest(), below), r.highest()));
    }
  }

  /** The lowest of a partition; empty when there is none. */
  synchronized OptionalLong lowest(TopicPartition partition) {
    TreeMap<Long, Range> ranges = batches.get(partition);
    return ranges == null
        ? OptionalLong.empty()
        : ranges.values().stream().mapToLong(Range::lowest).min();
  }
}
