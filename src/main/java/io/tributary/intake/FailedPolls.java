package io.tributary.intake;

import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
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

  private final Consumer<?, ?> consumer;
  private final ReadTroubles troubles;
  private final Predicate<TopicPartition> isPlaced;

  /** Where partitions could not be read, until they have been read further. */
  private final Map<TopicPartition, Long> unread = new HashMap<>();

  /** Those of them that are left alone, and until when. */
  private final Map<TopicPartition, Long> alone = new HashMap<>();

  private @Nullable RuntimeException failure;
  private long thrownAt;

  /**
   * @param isPlaced whether it is known from where a partition is read
   */
  FailedPolls(Consumer<?, ?> consumer, ReadTroubles troubles, Predicate<TopicPartition> isPlaced) {
    this.consumer = consumer;
    this.troubles = troubles;
    this.isPlaced = isPlaced;
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

  /** Those of the partitions that are not left alone. */
  Collection<TopicPartition> readable(Set<TopicPartition> partitions) {
    return partitions.stream().filter(partition -> !alone.containsKey(partition)).toList();
  }

  /** The partitions that are to be tried again now, and where they stand. */
  Map<TopicPartition, Long> due() {
    if (alone.isEmpty()) {
      return Map.of();
    }
    long now = System.nanoTime();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, Long> entry : alone.entrySet()) {
      TopicPartition partition = entry.getKey();
      if (now - entry.getValue() >= 0 && isPlaced.test(partition)) {
        Long position = position(partition);
        if (position != null) {
          offsets.put(partition, position);
        }
      }
    }
    alone.keySet().removeAll(offsets.keySet());
    consumer.resume(offsets.keySet());
    return offsets;
  }

  void add(RuntimeException failed) {
    if (!holds(failed, failed)) {
      failure = failed;
      thrownAt = System.nanoTime() + troubles.pollFailed(topic(), reason(failed)).toNanos();
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
    if (next != null && holds(next, failed)) {
      failure = thrown;
      thrownAt = System.nanoTime();
    } else {
      add(thrown);
    }
  }

  /** Partitions have come that an earlier client could not read. */
  void assigned(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      ReadTroubles.Hold hold = troubles.hold(partition);
      if (hold != null) {
        hold(partition, hold);
      }
    }
  }

  /** Leaves the partition alone that a failure names; false when it names none. */
  private boolean holds(RuntimeException naming, Throwable failed) {
    TopicPartition partition = partitionIn(naming);
    Long offset = partition == null ? null : position(partition);
    if (partition == null || offset == null) {
      return false;
    }
    hold(partition, troubles.unreadable(partition, offset, reason(failed), !isOfALibrary(failed)));
    return true;
  }

  private void hold(TopicPartition partition, ReadTroubles.Hold hold) {
    consumer.pause(Set.of(partition));
    unread.put(partition, hold.offset());
    alone.put(partition, System.nanoTime() + hold.pause().toNanos());
  }

  /** A poll has come to its end without a failure. */
  void succeeded() {
    if (unread.isEmpty() && troubles.isEmpty()) {
      return;
    }
    if (consumer.groupMetadata().generationId() >= 0) {
      troubles.succeeded(topic());
    }
    unread.keySet().retainAll(consumer.assignment());
    for (Map.Entry<TopicPartition, Long> entry : Map.copyOf(unread).entrySet()) {
      Long position = position(entry.getKey());
      if (position != null && position > entry.getValue()) {
        unread.remove(entry.getKey());
        troubles.passed(entry.getKey());
      } else {
        troubles.stays(entry.getKey());
      }
    }
    alone.keySet().retainAll(unread.keySet());
  }

  private String topic() {
    return String.join(",", consumer.subscription());
  }

  /** Null while the client does not know it. */
  private @Nullable Long position(TopicPartition partition) {
    try {
      return consumer.position(partition, Duration.ZERO);
    } catch (KafkaException e) {
      return null;
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
