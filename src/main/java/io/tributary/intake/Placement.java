package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import io.tributary.intake.WholePollConsumer.Shared;
import io.tributary.poll.Position;
import io.tributary.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where a consumer reads its partitions, and what it commits of them. A partition is read when
 * its {@link Start} is known, for which brokers must have answered. For the consumer's thread.
 */
final class Placement implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(2);

  /** Less than a stop waits for a poll; Kafka's own limit is a minute. */
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(3);

  private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final WholePollConsumer consumer;
  private final ConsumerState state;
  private final Shared shared;
  private final Set<TopicPartition> waiting = new HashSet<>();
  private final Map<TopicPartition, Uuid> placed = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
  private final Set<TopicPartition> outOfRange = new HashSet<>();
  private long waitingSince;
  private long nextQuestion = System.nanoTime();
  private long nextCommit = System.nanoTime();

  /**
   * @param state is told when the consumer joins its group, and leaves it
   */
  Placement(WholePollConsumer consumer, ConsumerState state, Shared shared) {
    this.consumer = consumer;
    this.state = state;
    this.shared = shared;
  }

  /** Partitions have come: they are not read until they are placed. */
  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    state.joined(true);
    shared.meters().expectLost(partitions);
    partitions.forEach(this::await);
  }

  private void await(TopicPartition partition) {
    nextQuestion = System.nanoTime();
    if (waiting.isEmpty()) {
      waitingSince = nextQuestion;
    }
    placed.remove(partition);
    waiting.add(partition);
    consumer.drop(partition);
    consumer.pause(Set.of(partition));
    // Any place, or the client would look for one by itself.
    consumer.seek(partition, 0);
  }

  /** All partitions are read again from where the store stands. */
  void awaitAll() {
    Set.copyOf(placed.keySet()).forEach(this::await);
  }

  /**
   * Partitions leave in a rebalance. What has been read of them is kept and delivered here, so
   * another process reads on behind it; a consumer of this process knows that by the store. Not
   * when the consumer ends: its process may read on.
   */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    try {
      if (consumer.isPolling()) {
        leave(partitions);
      }
    } finally {
      onPartitionsLost(partitions);
    }
  }

  private void leave(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Uuid topicId = placed.get(partition);
      Position position = shared.store().position(partition);
      if (topicId != null && position != null) {
        read.put(partition, mark(topicId).at(position.next()));
      }
    }
    if (!read.isEmpty() && shared.admin().hasOthers() && commit(read)) {
      read.keySet().forEach(shared.store()::leave);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    state.joined(false);
    waiting.removeAll(partitions);
    placed.keySet().removeAll(partitions);
    committed.keySet().removeAll(partitions);
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
  }

  private void goBack(TopicPartition partition, OffsetAndMetadata offset) {
    Uuid topicId = placed.get(partition);
    if (topicId != null) {
      start(partition, new Position(topicId, offset.offset()), 0);
    }
  }

  private void start(TopicPartition partition, Position from, long settled) {
    shared.store().place(partition, from, settled);
    consumer.drop(partition);
    consumer.seek(partition, from.next());
  }

  /** Whether a partition may be read. */
  boolean isPlaced(TopicPartition partition) {
    return placed.containsKey(partition) && shared.inProgress().isReader(consumer, partition);
  }

  /** The id of the topic of a partition that may be read; null for another. */
  @Nullable Uuid topicId(TopicPartition partition) {
    return isPlaced(partition) ? placed.get(partition) : null;
  }

  /**
   * Looks from where partitions that wait for it are read. Those of a new topic wait, and those
   * that another consumer of this process has taken for a moment, when it did not know yet that it
   * had lost them.
   */
  void place() {
    Map.copyOf(placed)
        .forEach(
            (partition, topicId) -> {
              boolean anew = shared.admin().isAnother(partition.topic(), topicId);
              if (anew) {
                LOG.warn("{} is of a topic that was made anew", partition);
              }
              if (anew || !isPlaced(partition)) {
                await(partition);
              }
            });
    if (waiting.isEmpty() || System.nanoTime() - nextQuestion < 0) {
      return;
    }
    nextQuestion = System.nanoTime() + PAUSE_NANOS;
    String reason = "no answer about the topic";
    boolean known = false;
    try {
      known = placeAll(Set.copyOf(waiting));
    } catch (RetriableException | StoreException e) {
      reason = String.valueOf(e.getMessage());
    }
    ReadTroubles troubles = shared.states().troubles();
    if (known) {
      troubles.made(consumer.topic());
    } else if (System.nanoTime() - waitingSince > LONGEST_WAIT_NANOS) {
      String detail = "where to start is not known: " + reason;
      troubles.notMade(consumer.topic(), Kind.UNREACHABLE, detail);
    }
  }

  /**
   * Whether all are placed that there are. A topic that was made anew can have fewer than before;
   * until the next rebalance the group still has the others.
   */
  private boolean placeAll(Set<TopicPartition> all) {
    Map<TopicPartition, Uuid> topicIds = new HashMap<>();
    for (TopicPartition partition : all) {
      TopicDescription topic = shared.admin().topic(partition.topic());
      if (topic == null) {
        return false;
      }
      if (partition.partition() < topic.partitions().size()) {
        topicIds.put(partition, topic.topicId());
      }
    }
    Set<TopicPartition> partitions = topicIds.keySet();
    Map<TopicPartition, OffsetAndMetadata> offsets =
        consumer.committed(partitions, LONGEST_QUESTION);
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, LONGEST_QUESTION);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions, LONGEST_QUESTION);
    for (TopicPartition partition : partitions) {
      place(
          partition,
          Objects.requireNonNull(topicIds.get(partition)),
          offsets.get(partition),
          first.getOrDefault(partition, 0L),
          end.getOrDefault(partition, 0L));
    }
    if (!shared.commitsStored()) {
      shared.admin().warnOfOthers();
    }
    return Collections.disjoint(waiting, partitions);
  }

  private void place(
      TopicPartition partition,
      Uuid topicId,
      @Nullable OffsetAndMetadata offset,
      long earliest,
      long end) {
    Position position = shared.store().position(partition);
    Start start;
    try {
      start = Start.of(offset, position, mark(topicId), shared.commitsStored());
    } catch (Start.StoreBehindException e) {
      shared.fatal().accept(partition + ": " + e.getMessage());
      return;
    }
    if (!shared.inProgress().take(consumer, partition)) {
      return;
    }
    long from = start.offset();
    // Beyond the end can be an open transaction; that nothing is there, a fetch has said before.
    boolean gone = outOfRange.contains(partition) || topicId.equals(Uuid.ZERO_UUID);
    boolean there = from >= earliest && !(from > end && gone);
    long begin = there ? from : earliest;
    if (!there && from != Start.EARLIEST) {
      long lost = Math.max(0, begin - from);
      shared.meters().lost(partition, lost);
      LOG.warn(
          "{} has no offset {} any more, reading goes on at {}: offsets deleted unread={}",
          partition,
          from,
          begin,
          lost);
    }
    start(partition, new Position(topicId, begin), there ? start.settled() : Long.MAX_VALUE);
    outOfRange.remove(partition);
    waiting.remove(partition);
    placed.put(partition, topicId);
    if (offset != null) {
      committed.put(partition, offset);
    }
    LOG.debug("{} is read from {} on", partition, begin);
  }

  /** Commits what has been settled since the last time. */
  void commitSettled() {
    if (System.nanoTime() - nextCommit < 0) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> settled = new HashMap<>();
    placed.forEach(
        (partition, topicId) ->
            settledUpTo(partition)
                .ifPresent(offset -> settled.put(partition, mark(topicId).at(offset))));
    settled.entrySet().removeAll(committed.entrySet());
    // What is not committed now is looked at again.
    if (!settled.isEmpty() && !commit(settled)) {
      nextCommit = System.nanoTime() + PAUSE_NANOS;
    }
  }

  private OptionalLong settledUpTo(TopicPartition partition) {
    Position position = shared.store().position(partition);
    return shared.commitsStored() && position != null
        ? OptionalLong.of(position.next())
        : shared.store().settledUpTo(partition);
  }

  /** Whether it is done. Nothing is lost if not: the store knows how far it has read. */
  private boolean commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    try {
      consumer.commitSync(offsets, LONGEST_COMMIT);
      committed.putAll(offsets);
      return true;
    } catch (CommitFailedException | RebalanceInProgressException | RetriableException e) {
      LOG.debug("Not committed yet: {}", offsets, e);
      return false;
    }
  }

  private CommitMark mark(Uuid topicId) {
    return new CommitMark(shared.store().identity(), topicId);
  }
}
