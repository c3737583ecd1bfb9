package io.tributary.intake;

import io.tributary.operations.KafkaMeters;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that goes on polling while the {@link ReadGate} is closed, so that its group
 * stays as it is, but fetches nothing. Pausing here, on the consumer's thread, has none of the
 * traps of suspending the route: that seeks back on resume, and ends the thread when a poll fails
 * meanwhile.
 */
class GatedKafkaConsumer<K, V> extends KafkaConsumer<K, V> {
  private static final Logger LOG = LoggerFactory.getLogger(GatedKafkaConsumer.class);

  private static final Duration TOPIC_CHECK_TIMEOUT = Duration.ofMillis(500);

  /**
   * A poll while nothing is read. When batches are small, one poll fills as many as may be pending;
   * so reading goes on soon after one of them is delivered.
   */
  private static final Duration WHILE_CLOSED = Duration.ofMillis(10);

  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);

  private final ReadGate gate;
  private final ConsumerStates states;
  private final KafkaMeters meters;
  private final FailedPolls failedPolls;
  private final Placement placement;
  private @Nullable ConsumerState state;
  private KafkaMeters.@Nullable Shown shown;
  private boolean open;
  private boolean reading = true;
  private boolean assignedAnew;
  private boolean polling;

  GatedKafkaConsumer(
      Properties properties,
      ReadGate gate,
      ConsumerStates states,
      KafkaMeters meters,
      Placement.Shared shared) {
    super(properties);
    this.gate = gate;
    this.states = states;
    this.meters = meters;
    this.failedPolls =
        new FailedPolls(this, states.troubles(), partition -> placement().isPlaced(partition));
    this.placement = new Placement(this, shared, states.troubles(), this::drop);
  }

  /** What has been read of a partition and not handed over is not wanted. */
  void drop(TopicPartition partition) {}

  Placement placement() {
    return placement;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    forget();
    ConsumerState subscribed =
        new ConsumerState(String.join(",", topics), metrics(), states.clock());
    super.subscribe(
        topics, new JoinListener(listener, subscribed, placement, failedPolls, () -> polling));
    states.add(subscribed);
    state = subscribed;
    shown = meters.show(this);
    LOG.info("Consumer started: topics={}, group={}", topics, groupMetadata().groupId());
  }

  @Override
  public ConsumerRecords<K, V> poll(Duration timeout) {
    return poll(timeout, true);
  }

  /** Whether the gate was open at the last poll. */
  boolean isReading() {
    return open;
  }

  /**
   * Polls.
   *
   * @param wanted whether records are wanted, or only the group is to be kept
   */
  ConsumerRecords<K, V> poll(Duration timeout, boolean wanted) {
    if (failedPolls.waits(timeout)) {
      return ConsumerRecords.empty();
    }
    open = gate.isOpen();
    if (open != reading && !gate.hasEnded()) {
      reading = open;
      if (open) {
        LOG.info("Reading again from {}", subscription());
      } else {
        LOG.info(
            "Reading pauses on {}: {}",
            subscription(),
            Objects.requireNonNullElse(gate.reason(), "for a moment"));
      }
    }
    try {
      if (state != null && state.isTopicDoubtful(!assignment().isEmpty())) {
        state.topicExists(exists(state.topic()));
      }
      ConsumerRecords<K, V> records = read(open && wanted, open ? timeout : WHILE_CLOSED);
      return open && !joinsAgain() ? records : putBack(records);
    } catch (AuthenticationException | AuthorizationException e) {
      waitAfter(e);
      return ConsumerRecords.empty();
    }
  }

  /** What is not placed yet is never fetched. */
  private void fetchOnly(boolean wanted) {
    if (!wanted) {
      pause(assignment());
      return;
    }
    pause(assignment().stream().filter(partition -> !placement.isPlaced(partition)).toList());
    if (!paused().isEmpty()) {
      resume(failedPolls.readable(paused()).stream().filter(placement::isPlaced).toList());
    }
  }

  private ConsumerRecords<K, V> read(boolean wanted, Duration timeout) {
    ConsumerRecords<K, V> records = ConsumerRecords.empty();
    try {
      placement.place();
      // Before records are read, which a failure would lose.
      placement.commitSettled();
      fetchOnly(wanted);
      Map<TopicPartition, Long> due = wanted ? failedPolls.due() : Map.of();
      polling = true;
      records = due.isEmpty() ? super.poll(timeout) : readAgain(due);
      failedPolls.succeeded();
    } catch (AuthenticationException | AuthorizationException e) {
      throw e;
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
    return records;
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
  private ConsumerRecords<K, V> readAgain(Map<TopicPartition, Long> offsets) {
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
   * The client tries again by itself, so that credentials that are mended at the brokers count at
   * once. A new client, which Camel would make, would only lose its place in the group.
   */
  private void waitAfter(ApiException refusal) {
    String words = Refusal.words(refusal);
    if (state != null && state.refused(words)) {
      LOG.warn("The brokers refuse to let {} be read, it is tried again: {}", state.topic(), words);
    }
    LockSupport.parkNanos(AFTER_REFUSAL.toNanos());
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

  /**
   * Does not wait for the end of a rebalance, as Kafka's own does for 30 s: the broker reads that
   * this member leaves only when the others have joined.
   */
  @Override
  public void close() {
    forget();
    close(LONGEST_CLOSE);
  }

  /** Partitions that are assigned during a poll are not yet paused in it. */
  private ConsumerRecords<K, V> putBack(ConsumerRecords<K, V> records) {
    for (TopicPartition partition : records.partitions()) {
      seek(partition, records.records(partition).get(0).offset());
    }
    return ConsumerRecords.empty();
  }

  private void forget() {
    if (state != null) {
      states.remove(state);
      state = null;
    }
    if (shown != null) {
      shown.close();
      shown = null;
    }
  }

  /** Asks the brokers only if the client does not know the topic; null when none answers. */
  private @Nullable Boolean exists(String topic) {
    try {
      return !partitionsFor(topic, TOPIC_CHECK_TIMEOUT).isEmpty();
    } catch (RetriableException e) {
      return null;
    }
  }
}
