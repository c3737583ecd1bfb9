package io.tributary.intake;

import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer does about polls that fail. The partition that cannot be read is left alone for
 * a while, and the others are read on; it is never skipped. A failure that names no partition is
 * thrown after a while, and Camel makes a new client. For the consumer's thread only.
 */
final class FailedPolls {
  private static final int LONGEST_REASON = 400;

  private final WholePollConsumer consumer;
  private final ReadTroubles troubles;
  private @Nullable RuntimeException failure;
  private long thrownAt;

  FailedPolls(WholePollConsumer consumer, ReadTroubles troubles) {
    this.consumer = consumer;
    this.troubles = troubles;
  }

  /** Waits, for so long at the most, when a poll has failed; throws its failure in the end. */
  boolean waits(Duration longest) {
    RuntimeException last = failure;
    if (last == null) {
      return false;
    }
    long left = thrownAt - System.nanoTime();
    if (left > 0) {
      LockSupport.parkNanos(Math.min(left, longest.toNanos()));
      return true;
    }
    failure = null;
    throw last;
  }

  /** The partitions that are to be tried again now, and where they stand. */
  Map<TopicPartition, Long> due(Predicate<TopicPartition> isPlaced) {
    if (troubles.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      Long position = isPlaced.test(partition) ? consumer.reached(partition) : null;
      if (position != null && troubles.triesNow(partition)) {
        offsets.put(partition, position);
      }
    }
    return offsets;
  }

  void add(RuntimeException failed) {
    if (!leavesAlone(failed, failed)) {
      failure = failed;
      thrownAt =
          System.nanoTime() + troubles.pollFailed(consumer.topic(), reason(failed)).toNanos();
    }
  }

  /**
   * A library cannot be loaded. Its error has gone past what the client had read of other
   * partitions, so a new client has to read that.
   *
   * @param next what the next poll has thrown, which names the partition; null when nothing
   */
  void add(LinkageError failed, @Nullable RuntimeException next) {
    RuntimeException thrown = new KafkaException(failed);
    if (next != null && leavesAlone(next, failed)) {
      failure = thrown;
      thrownAt = System.nanoTime();
    } else {
      add(thrown);
    }
  }

  /** Leaves the partition alone that a failure names; false when it names none. */
  private boolean leavesAlone(RuntimeException naming, Throwable failed) {
    TopicPartition partition = partitionIn(naming);
    Long offset = partition == null ? null : consumer.reached(partition);
    if (partition == null || offset == null) {
      return false;
    }
    troubles.unreadable(partition, offset, reason(failed), !isOfALibrary(failed));
    return true;
  }

  /** A poll has come to its end without a failure. */
  void succeeded() {
    if (troubles.isEmpty()) {
      return;
    }
    if (consumer.groupMetadata().generationId() >= 0) {
      troubles.succeeded(consumer.topic());
    }
    for (TopicPartition partition : consumer.assignment()) {
      troubles.stands(partition, consumer.reached(partition));
    }
  }

  /** Kafka's client names it in words only, in each of its failures in others. */
  private @Nullable TopicPartition partitionIn(RuntimeException failed) {
    String said =
        Causes.of(failed).stream()
            .map(Throwable::getMessage)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(" "));
    return consumer.assignment().stream()
        .filter(partition -> nameOf(partition).matcher(said).find())
        .findFirst()
        .orElse(null);
  }

  private static Pattern nameOf(TopicPartition partition) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(partition.toString()) + "(?!\\d)");
  }

  private static String reason(Throwable failed) {
    String words = LogText.oneLine(Causes.root(failed).toString(), LONGEST_REASON);
    return isOfALibrary(failed)
        ? words + "; a restart is needed once libraries can be unpacked into java.io.tmpdir"
        : words;
  }

  private static boolean isOfALibrary(Throwable failed) {
    return Causes.of(failed).stream().anyMatch(LinkageError.class::isInstance);
  }
}
