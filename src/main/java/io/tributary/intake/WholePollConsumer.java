package io.tributary.intake;

import io.tributary.batch.Limits;
import io.tributary.logging.Causes;
import io.tributary.metrics.KafkaMeters;
import io.tributary.poll.PolledRecords;
import io.tributary.poll.Position;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that hands over what it has read as one record, whose value is {@link
 * PolledRecords}. So Camel makes one exchange of it, and not one for each record first; and no
 * header of a record can become one of Camel's, with which a producer could steer a route
 * (CVE-2026-49098).
 *
 * <p>What comes within a poll's timeout is gathered, since a transaction costs the same for one
 * record as for many. No more than fits into one batch is handed over; the rest is kept for the
 * next poll.
 *
 * <p>While the {@link ReadGate} is closed it goes on polling, so that its group stays as it is, but
 * fetches nothing. Pausing here, on the consumer's thread, has none of the traps of suspending the
 * route: that seeks back on resume, and ends the thread when a poll fails meanwhile.
 */
final class WholePollConsumer extends KafkaConsumer<Object, Object> {
  private static final Logger LOG = LoggerFactory.getLogger(WholePollConsumer.class);

  private static final Duration TOPIC_CHECK_TIMEOUT = Duration.ofMillis(500);

  /**
   * A poll while nothing is read. When batches are small, one poll fills as many as may be pending;
   * so reading goes on soon after one of them is delivered.
   */
  private static final Duration WHILE_CLOSED = Duration.ofMillis(10);

  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

  private final Shared shared;
  private final KeptRecords kept;
  private final FailedPolls failedPolls;
  private final Placement placement;
  private final ConsumerState state;
  private final KafkaMeters.Shown shown;
  private Map<TopicPartition, Position> handedOver = Map.of();
  private boolean open = true;
  private boolean assignedAnew;
  private boolean polling;

  /**
   * What all consumers of the process share.
   *
   * @param limits what fits into one batch: no more is handed over at once
   * @param states where the consumers say how they fare
   * @param commitsStored whether offsets are committed as soon as their records are stored
   * @param fatal ends the process, and says why
   */
  record Shared(
      Store store,
      ReadGate gate,
      Supplier<Limits> limits,
      ConsumerStates states,
      KafkaMeters meters,
      GroupAdmin admin,
      PollsInProgress inProgress,
      boolean commitsStored,
      Consumer<String> fatal) {}

  /**
   * @param properties Kafka's; {@code max.poll.records} is the number at which no more is gathered
   */
  WholePollConsumer(Properties properties, Shared shared) {
    super(takingAll(properties));
    this.shared = shared;
    Object enough = properties.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
    this.kept = new KeptRecords(Integer.parseInt(String.valueOf(enough)));
    this.state = new ConsumerState(metrics(), shared.states().clock());
    this.failedPolls = new FailedPolls(this, shared.states().troubles());
    this.placement = new Placement(this, state, shared);
    this.shown = shared.meters().show(this);
  }

  /**
   * All that a response has is taken at once. Of a partition of which something is left the client
   * asks no more yet, but it asks for the others; if those have nothing, the broker keeps it
   * waiting for {@code fetch.max.wait.ms}, and what is left is read long before.
   */
  private static Properties takingAll(Properties properties) {
    Properties all = new Properties();
    all.putAll(properties);
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.MAX_VALUE);
    // Or a name that is misspelt is a topic from then on, and nobody notices.
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return all;
  }

  /** Camel's listener has nothing to do: it would commit and seek, which is done here. */
  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, placement);
    shared.states().add(topic(), state);
    LOG.info("Consumer started: topics={}, group={}", topics, groupMetadata().groupId());
  }

  @Override
  public ConsumerRecords<Object, Object> poll(Duration timeout) {
    shared.inProgress().end(this);
    placement.readAgainWhatIsNotStored(handedOver);
    handedOver = Map.of();
    Limits most = shared.limits().get();
    gather(timeout, most);
    if (!open) {
      return ConsumerRecords.empty();
    }
    Map<TopicPartition, List<ConsumerRecord<Object, Object>>> records = kept.take(most);
    Map<TopicPartition, Position> positions = positions(records);
    if (records.isEmpty()) {
      advance(positions);
      return ConsumerRecords.empty();
    }
    if (!shared.inProgress().begin(this, positions.keySet())) {
      placement.awaitAll();
      return ConsumerRecords.empty();
    }
    handedOver = positions;
    return asOne(records, positions);
  }

  /**
   * Does not wait for the end of a rebalance, as Kafka's own does for 30 s: the broker reads that
   * this member leaves only when the others have joined.
   */
  @Override
  public void close() {
    shared.inProgress().end(this);
    shared.states().remove(state);
    shown.close();
    close(LONGEST_CLOSE);
  }

  /** The topic that it reads; the topics, separated by commas, of a stream with several. */
  String topic() {
    return String.join(",", subscription());
  }

  /** How far a partition has been read; null while the client does not know it. */
  @Nullable Long reached(TopicPartition partition) {
    try {
      return position(partition, Duration.ZERO);
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      return null;
    }
  }

  /** Whether it polls, and does not end. */
  boolean isPolling() {
    return polling;
  }

  /** What has been read of a partition and not handed over is not wanted. */
  void drop(TopicPartition partition) {
    kept.keepOnly(other -> !other.equals(partition));
  }

  private void gather(Duration timeout, Limits most) {
    long end = System.nanoTime() + timeout.toNanos();
    kept.add(fetch(kept.isEmpty() ? timeout : Duration.ZERO, !kept.fillABatch(most)));
    long left = end - System.nanoTime();
    while (!kept.isEmpty() && !kept.areEnough(most) && left > 0) {
      kept.add(fetch(Duration.ofNanos(left), true));
      left = end - System.nanoTime();
    }
    // What a rebalance has taken is read elsewhere.
    kept.keepOnly(placement::isPlaced);
  }

  /**
   * Polls Kafka once.
   *
   * @param wanted whether records are wanted, or only the group is to be kept
   */
  private ConsumerRecords<Object, Object> fetch(Duration timeout, boolean wanted) {
    if (failedPolls.waits(timeout)) {
      return ConsumerRecords.empty();
    }
    lookAtTheGate();
    try {
      if (state.isTopicDoubtful(!assignment().isEmpty())) {
        state.topicExists(exists());
      }
      placement.place();
      // Before records are read, which a failure would lose.
      placement.commitSettled();
      boolean reads = open && wanted;
      Map<TopicPartition, Long> due = reads ? failedPolls.due(placement::isPlaced) : Map.of();
      fetchOnly(reads);
      polling = true;
      ConsumerRecords<Object, Object> records =
          due.isEmpty() ? super.poll(open ? timeout : WHILE_CLOSED) : readAgain(due);
      failedPolls.succeeded();
      if (open && !joinsAgain()) {
        return records;
      }
      putBack(records);
    } catch (AuthenticationException | AuthorizationException e) {
      waitAfter(e);
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (OffsetOutOfRangeException e) {
      placement.outOfRange(e);
    } catch (KafkaException e) {
      failedPolls.add(e);
    } catch (RuntimeException e) {
      failedPolls.add(e);
      placement.awaitAll();
    } catch (LinkageError e) {
      // It has gone past what the client had read of other partitions: that is read again.
      failedPolls.add(e, failureOfTheNext());
      placement.awaitAll();
    } finally {
      polling = false;
    }
    return ConsumerRecords.empty();
  }

  private void lookAtTheGate() {
    boolean wasOpen = open;
    open = shared.gate().isOpen();
    if (open == wasOpen || shared.gate().hasEnded()) {
      return;
    }
    if (open) {
      LOG.info("Reading again from {}", subscription());
    } else {
      LOG.info(
          "Reading pauses on {}: {}",
          subscription(),
          Objects.requireNonNullElse(shared.gate().reason(), "for a moment"));
    }
  }

  /** Asks the brokers only if the client does not know the topic; null when none answers. */
  private @Nullable Boolean exists() {
    try {
      return !partitionsFor(topic(), TOPIC_CHECK_TIMEOUT).isEmpty();
    } catch (RetriableException e) {
      return null;
    }
  }

  /** What is not placed yet, or is left alone, is never fetched. */
  private void fetchOnly(boolean wanted) {
    for (TopicPartition partition : assignment()) {
      Set<TopicPartition> one = Set.of(partition);
      if (wanted
          && placement.isPlaced(partition)
          && !shared.states().troubles().leavesAlone(partition)) {
        resume(one);
      } else {
        pause(one);
      }
    }
  }

  private @Nullable RuntimeException failureOfTheNext() {
    try {
      super.poll(Duration.ZERO);
      return null;
    } catch (KafkaException e) {
      return e;
    }
  }

  /**
   * The client keeps what it has failed to read, and fetches it anew only after it has stood
   * elsewhere. It finds out where the beginning is in a later poll than this one, so from there
   * nothing is read.
   */
  private ConsumerRecords<Object, Object> readAgain(Map<TopicPartition, Long> offsets) {
    seekToBeginning(offsets.keySet());
    try {
      return super.poll(Duration.ZERO);
    } finally {
      Set<TopicPartition> assigned = assignment();
      offsets.forEach(
          (partition, offset) -> {
            if (assigned.contains(partition)) {
              seek(partition, offset);
            }
          });
    }
  }

  /**
   * Once after it has joined. A member that takes its place again gets the assignment of before,
   * without the partitions that the topic has got meanwhile, and nobody would notice them.
   */
  private boolean joinsAgain() {
    if (assignedAnew || groupMetadata().generationId() < 0) {
      return false;
    }
    assignedAnew = true;
    enforceRebalance("partitions may have been added");
    return true;
  }

  /** Partitions that are assigned during a poll are not yet paused in it. */
  private void putBack(ConsumerRecords<Object, Object> records) {
    for (TopicPartition partition : records.partitions()) {
      seek(partition, records.records(partition).get(0).offset());
    }
  }

  /**
   * The client tries again by itself, so that credentials that are mended at the brokers count at
   * once. A new client, which Camel would make, would only lose its place in the group.
   */
  private void waitAfter(KafkaException refusal) {
    String words = Causes.words(refusal);
    if (state.refused(words)) {
      LOG.warn("The brokers refuse to let {} be read, it is tried again: {}", topic(), words);
    }
    LockSupport.parkNanos(AFTER_REFUSAL.toNanos());
  }

  /** How far each partition has been read, with the records that are taken. */
  private Map<TopicPartition, Position> positions(
      Map<TopicPartition, List<ConsumerRecord<Object, Object>>> taken) {
    Map<TopicPartition, Position> positions = new HashMap<>();
    for (TopicPartition partition : assignment()) {
      Uuid topicId = placement.topicId(partition);
      Long next =
          topicId == null ? null : next(partition, taken.getOrDefault(partition, List.of()));
      if (topicId != null && next != null) {
        positions.put(partition, new Position(topicId, next));
      }
    }
    return positions;
  }

  /** The first offset of a partition that is not handed over; null when it is not known. */
  private @Nullable Long next(
      TopicPartition partition, List<ConsumerRecord<Object, Object>> taken) {
    Long firstKept = kept.firstOffset(partition);
    Long next = firstKept == null ? reached(partition) : firstKept;
    if (next == null && !taken.isEmpty()) {
      next = taken.get(taken.size() - 1).offset() + 1;
    }
    return next;
  }

  private void advance(Map<TopicPartition, Position> positions) {
    try {
      shared.store().advance(positions);
    } catch (StoreException e) {
      // The store says so; what is passed over is passed over again.
    }
  }

  /** It stands where the first of them stands. */
  private static ConsumerRecords<Object, Object> asOne(
      Map<TopicPartition, List<ConsumerRecord<Object, Object>>> records,
      Map<TopicPartition, Position> positions) {
    var partition = records.entrySet().iterator().next();
    ConsumerRecord<Object, Object> first = partition.getValue().get(0);
    ConsumerRecord<Object, Object> whole =
        new ConsumerRecord<>(
            first.topic(),
            first.partition(),
            first.offset(),
            null,
            new PolledRecords(records, positions));
    return new ConsumerRecords<>(Map.of(partition.getKey(), List.of(whole)));
  }
}
