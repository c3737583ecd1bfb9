package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import io.tributary.operations.KafkaMeters;
import io.tributary.poll.Position;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where a consumer reads its partitions, and what it commits of them. A partition is read when
 * its {@link Start} is known, for which brokers must have answered. For the consumer's thread.
 */
final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(2);

  /** Less than a stop waits for a poll; Kafka's own limit is a minute. */
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(3);

  private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final KafkaConsumer<?, ?> consumer;
  private final Shared shared;
  private final ReadTroubles troubles;
  private final Consumer<TopicPartition> drop;
  private final Set<TopicPartition> waiting = new HashSet<>();
  private final Map<TopicPartition, Uuid> placed = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Set<TopicPartition> outOfRange = new HashSet<>();
  private @Nullable Long waitingSince;
  private long nextQuestion = System.nanoTime();
  private long nextCommit = System.nanoTime();

  /**
   * What all consumers of the process share.
   *
   * @param commitsStored whether offsets are committed as soon as their records are stored
   * @param fatal ends the process, and says why
   */
  record Shared(
      Store store,
      GroupAdmin admin,
      PollsInProgress inProgress,
      KafkaMeters meters,
      boolean commitsStored,
      Consumer<String> fatal) {}

  /**
   * @param troubles is told when the brokers do not say where to start
   * @param drop is told of partitions of which records that were read are not to be handed over
   */
  Placement(
      KafkaConsumer<?, ?> consumer,
      Shared shared,
      ReadTroubles troubles,
      Consumer<TopicPartition> drop) {
    this.consumer = consumer;
    this.shared = shared;
    this.troubles = troubles;
    this.drop = drop;
  }

  /** Partitions have come: they are not read until they are placed. */
  void assigned(Collection<TopicPartition> partitions) {
    shared.meters().expectLost(partitions);
    nextQuestion = System.nanoTime();
    partitions.forEach(this::await);
  }

  private void await(TopicPartition partition) {
    placed.remove(partition);
    waiting.add(partition);
    drop.accept(partition);
    consumer.pause(Set.of(partition));
    // Any place, or the client would look for one by itself.
    consumer.seek(partition, 0);
  }

  /**
   * Partitions leave in a rebalance. What has been read of them is kept and delivered here, so
   * another process reads on behind it; a consumer of this process knows that by the store.
   */
  void revoked(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Uuid topicId = placed.get(partition);
      Position position = shared.store().position(partition);
      if (topicId != null && position != null) {
        read.put(partition, mark(topicId).at(position.next()));
      }
    }
    try {
      if (!read.isEmpty() && shared.admin().hasOthers() && commit(read)) {
        read.keySet().forEach(shared.store()::leave);
      }
    } finally {
      lost(partitions);
    }
  }

  /**
   * Has partitions read again from where the store stands, if what was handed over is not there:
   * its exchange has failed. Camel makes a new client then, but not while it stops.
   */
  void readAgainWhatIsNotStored(Map<TopicPartition, Position> handedOver) {
    handedOver.forEach(
        (partition, reached) -> {
          Position stored = shared.store().position(partition);
          if (isPlaced(partition) && (stored == null || stored.next() < reached.next())) {
            await(partition);
          }
        });
  }

  /** Offsets are not there any more: where to go on has to be found out anew. */
  void outOfRange(OffsetOutOfRangeException failure) {
    Set<TopicPartition> partitions = new HashSet<>(failure.offsetOutOfRangePartitions().keySet());
    partitions.retainAll(placed.keySet());
    if (failure instanceof LogTruncationException truncated) {
      // A broker has lost its end, and it is known where that is now.
      truncated.divergentOffsets().forEach(this::goBack);
      partitions.removeAll(truncated.divergentOffsets().keySet());
    }
    outOfRange.addAll(partitions);
    partitions.forEach(this::await);
    nextQuestion = System.nanoTime();
  }

  private void goBack(TopicPartition partition, OffsetAndMetadata offset) {
    Uuid topicId = placed.get(partition);
    if (topicId != null) {
      shared.store().place(partition, new Position(topicId, offset.offset()), 0);
      drop.accept(partition);
      consumer.seek(partition, offset.offset());
    }
  }

  /** Partitions have gone. */
  void lost(Collection<TopicPartition> partitions) {
    waiting.removeAll(partitions);
    placed.keySet().removeAll(partitions);
    committed.keySet().removeAll(partitions);
  }

  /** Whether a partition may be read. */
  boolean isPlaced(TopicPartition partition) {
    return placed.containsKey(partition) && shared.inProgress().isReader(consumer, partition);
  }

  /** Looks from where partitions that wait for it are read, and has those of a new topic wait. */
  void place() {
    for (Map.Entry<TopicPartition, Uuid> entry : Map.copyOf(placed).entrySet()) {
      if (shared.admin().isAnother(entry.getKey().topic(), entry.getValue())) {
        LOG.warn("{} is of a topic that was made anew", entry.getKey());
        await(entry.getKey());
      }
    }
    if (waiting.isEmpty() || System.nanoTime() - nextQuestion < 0) {
      return;
    }
    nextQuestion = System.nanoTime() + PAUSE_NANOS;
    String reason = "no answer about the topic";
    try {
      placeAll(Set.copyOf(waiting));
    } catch (RetriableException | StoreException e) {
      reason = String.valueOf(e.getMessage());
    }
    if (waiting.isEmpty()) {
      waitingSince = null;
      troubles.made(topic());
    } else if (waitingSince == null) {
      waitingSince = System.nanoTime();
    } else if (System.nanoTime() - waitingSince > LONGEST_WAIT_NANOS) {
      troubles.notMade(topic(), Kind.UNREACHABLE, "where to start is not known: " + reason);
    }
  }

  private String topic() {
    return String.join(",", consumer.subscription());
  }

  /** All partitions are read again from where the store stands. */
  void awaitAll() {
    Set.copyOf(placed.keySet()).forEach(this::await);
    nextQuestion = System.nanoTime();
  }

  private void placeAll(Set<TopicPartition> partitions) {
    Map<String, Uuid> topicIds = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Uuid topicId = shared.admin().topicId(partition.topic());
      if (topicId == null) {
        return;
      }
      topicIds.put(partition.topic(), topicId);
    }
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets =
        consumer.committed(partitions, LONGEST_QUESTION);
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, LONGEST_QUESTION);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions, LONGEST_QUESTION);
    for (TopicPartition partition : partitions) {
      Uuid topicId = topicIds.get(partition.topic());
      OffsetAndMetadata offset = offsets.get(partition);
      if (topicId != null && place(partition, topicId, offset, first, end)) {
        if (offset != null) {
          committed.put(partition, offset);
        }
      }
    }
    if (!shared.commitsStored()) {
      shared.admin().warnOfOthers();
    }
  }

  private boolean place(
      TopicPartition partition,
      Uuid topicId,
      @Nullable OffsetAndMetadata offset,
      Map<TopicPartition, Long> first,
      Map<TopicPartition, Long> end) {
    Position position = shared.store().position(partition);
    Start start;
    try {
      start = Start.of(offset, position, mark(topicId), shared.commitsStored());
    } catch (Start.StoreBehindException e) {
      shared.fatal().accept(partition + ": " + e.getMessage());
      return false;
    }
    long earliest = first.getOrDefault(partition, 0L);
    long from = start.offset();
    // Beyond the end can be an open transaction; that nothing is there, a fetch has said before.
    boolean beyond = from > end.getOrDefault(partition, 0L);
    boolean gone = outOfRange.contains(partition) || topicId.equals(Uuid.ZERO_UUID);
    boolean there = from >= earliest && !(beyond && gone);
    long begin = there ? from : earliest;
    if (!shared.inProgress().take(consumer, partition)) {
      return false;
    }
    if (from != begin && from != Start.EARLIEST) {
      long lost = Math.max(0, begin - from);
      shared.meters().lost(partition, lost);
      LOG.warn(
          "{} has no offset {} any more, reading goes on at {}: offsets deleted unread={}",
          partition,
          from,
          begin,
          lost);
    }
    shared
        .store()
        .place(partition, new Position(topicId, begin), there ? start.settled() : Long.MAX_VALUE);
    drop.accept(partition);
    consumer.seek(partition, begin);
    outOfRange.remove(partition);
    waiting.remove(partition);
    placed.put(partition, topicId);
    LOG.debug("{} is read from {} on", partition, begin);
    return true;
  }

  /**
   * How far a partition has been read; null when it is not placed, or not known at the moment.
   *
   * @param firstKept the first offset that was read and not handed over; null when there is none
   * @param lastTaken the last one that is handed over; null when there is none
   */
  @Nullable Position position(
      TopicPartition partition, @Nullable Long firstKept, @Nullable Long lastTaken) {
    Uuid topicId = isPlaced(partition) ? placed.get(partition) : null;
    if (topicId == null) {
      return null;
    }
    if (firstKept != null) {
      return new Position(topicId, firstKept);
    }
    try {
      return new Position(topicId, consumer.position(partition, Duration.ZERO));
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      return lastTaken == null ? null : new Position(topicId, lastTaken + 1);
    }
  }

  /** Commits what has been settled since the last time. */
  void commitSettled() {
    if (System.nanoTime() - nextCommit < 0) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
    for (Map.Entry<TopicPartition, Uuid> entry : placed.entrySet()) {
      TopicPartition partition = entry.getKey();
      settledUpTo(partition)
          .ifPresent(
              offset -> {
                OffsetAndMetadata now = mark(entry.getValue()).at(offset);
                if (!now.equals(committed.get(partition))) {
                  settled.put(partition, now);
                }
              });
    }
    if (!settled.isEmpty()) {
      boolean unused = commit(settled);
    }
  }

  private OptionalLong settledUpTo(TopicPartition partition) {
    Position position = shared.store().position(partition);
    return shared.commitsStored() && position != null
        ? OptionalLong.of(position.next())
        : shared.store().settledUpTo(partition);
  }

  /** Whether it is done; if not, it is looked at again. */
  private boolean commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    try {
      consumer.commitSync(offsets, LONGEST_COMMIT);
      committed.putAll(offsets);
      return true;
    } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
      // Nothing is lost meanwhile: the store knows how far it has read.
      LOG.debug("Not committed yet: {}", offsets, e);
      nextCommit = System.nanoTime() + PAUSE_NANOS;
      return false;
    }
  }

  private CommitMark mark(Uuid topicId) {
    return new CommitMark(shared.store().identity(), topicId);
  }
}
