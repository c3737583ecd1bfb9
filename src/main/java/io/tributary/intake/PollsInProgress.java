package io.tributary.intake;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Which consumer of this process reads a partition, and which works on records of it. A consumer
 * that has been thrown out of the group goes on with what it has, so whoever gets its partitions
 * waits for that: otherwise both would read the same records, and each could take them for the
 * other's. Safe for several threads.
 */
final class PollsInProgress {
  private final Map<TopicPartition, Object> readers = new HashMap<>();
  private final Map<TopicPartition, Object> workers = new HashMap<>();

  private PollsInProgress() {}

  /** Nobody reads yet. */
  static PollsInProgress none() {
    return new PollsInProgress();
  }

  /** Whether the consumer may read the partition from now on: not while another works on it. */
  synchronized boolean take(Object consumer, TopicPartition partition) {
    Object worker = workers.get(partition);
    if (worker != null && worker != consumer) {
      return false;
    }
    readers.put(partition, consumer);
    return true;
  }

  /** Whether the consumer is the last one that has taken the partition. */
  synchronized boolean isReader(Object consumer, TopicPartition partition) {
    return readers.get(partition) == consumer;
  }

  /** A consumer is about to hand over records of these partitions; whether all are its own. */
  synchronized boolean begin(Object consumer, Collection<TopicPartition> partitions) {
    if (!partitions.stream().allMatch(partition -> isReader(consumer, partition))) {
      return false;
    }
    partitions.forEach(partition -> workers.put(partition, consumer));
    return true;
  }

  /** A consumer has done with what it handed over. */
  synchronized void end(Object consumer) {
    workers.values().removeIf(other -> other == consumer);
  }
}
