package io.tributary.intake;

import io.tributary.operations.KafkaMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on where a partition begins when the offset to be read is not there any more, as Kafka's own
 * {@code earliest} does, and says how many offsets that has cost. For the consumer's thread only.
 */
final class DeletedOffsets {
  private static final Logger LOG = LoggerFactory.getLogger(DeletedOffsets.class);

  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(2);

  private final Consumer<?, ?> consumer;
  private final KafkaMeters meters;

  DeletedOffsets(Consumer<?, ?> consumer, KafkaMeters meters) {
    this.consumer = consumer;
    this.meters = meters;
  }

  /** Without an answer of the brokers nothing changes, and the next poll fails in the same way. */
  void skip(OffsetOutOfRangeException failure) {
    Map<TopicPartition, Long> wanted = new HashMap<>(failure.offsetOutOfRangePartitions());
    wanted.keySet().retainAll(consumer.assignment());
    if (failure instanceof LogTruncationException cut) {
      Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>(cut.divergentOffsets());
      ends.keySet().retainAll(wanted.keySet());
      ends.forEach(consumer::seek);
      wanted.keySet().removeAll(ends.keySet());
    }
    try {
      Map<TopicPartition, Long> first =
          consumer.beginningOffsets(wanted.keySet(), LONGEST_QUESTION);
      wanted.forEach(
          (partition, offset) -> goOn(partition, offset, first.getOrDefault(partition, offset)));
    } catch (RetriableException e) {
      LOG.debug("It is not known where they begin: {}", wanted, e);
    }
  }

  /**
   * An offset beyond the end is not lost: the topic was made anew, or a broker has lost its end.
   */
  private void goOn(TopicPartition partition, long wanted, long first) {
    consumer.seek(partition, first);
    long lost = Math.max(0, first - wanted);
    meters.lost(partition, lost);
    LOG.warn(
        "{} has no offset {} any more, reading goes on at {}: offsets deleted unread={}",
        partition,
        wanted,
        first,
        lost);
  }
}
