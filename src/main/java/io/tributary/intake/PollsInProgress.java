package io.tributary.intake;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Which consumer of this process works on records of which partition. One that has been thrown out
 * of the group goes on with what it has, so whoever gets its partitions waits for that: otherwise
 * both would read the same records, and each could take them for the other's. Safe for several
 * threads.
 */
final class PollsInProgress {
  private final Map<TopicPartition, Object> consumers = new HashMap<>();

  /** A consumer has handed over records of these partitions, and has done with all others. */
  synchronized void begin(Object consumer, Collection<TopicPartition> partitions) {
    end(consumer);
    partitions.forEach(partition -> consumers.put(partition, consumer));
  }

  /** A consumer has done with what it handed over. */
  synchronized void end(Object consumer) {
    consumers.values().removeIf(other -> other == consumer);
  }

  synchronized boolean isAtWorkElsewhere(Object consumer, TopicPartition partition) {
    Object other = consumers.get(partition);
    return other != null && other != consumer;
  }
}
