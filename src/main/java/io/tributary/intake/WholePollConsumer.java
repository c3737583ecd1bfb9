package io.tributary.intake;

import io.tributary.batch.Limits;
import io.tributary.operations.KafkaMeters;
import io.tributary.poll.PolledRecords;
import io.tributary.poll.Position;
import io.tributary.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Hands over what it has read as one record, whose value is {@link PolledRecords}. So Camel makes
 * one exchange of it, and not one for each record first; and no header of a record can become one
 * of Camel's, with which a producer could steer a route (CVE-2026-49098).
 *
 * <p>What comes within a poll's timeout is gathered, since a transaction costs the same for one
 * record as for many. No more than fits into one batch is handed over; the rest is kept for the
 * next poll.
 */
final class WholePollConsumer extends GatedKafkaConsumer<Object, Object> {
  /** Bytes of values at which no more is gathered; one response of each broker can add to it. */
  private static final long ENOUGH_BYTES = 4_000_000;

  private final int enoughRecords;
  private final Supplier<Limits> limits;
  private final Placement.Shared shared;
  private Map<TopicPartition, Position> handedOver = Map.of();
  private final Deque<ConsumerRecord<Object, Object>> kept = new ArrayDeque<>();
  private long keptBytes;

  /**
   * @param properties Kafka's; {@code max.poll.records} is the number at which no more is gathered
   * @param limits what fits into one batch
   */
  WholePollConsumer(
      Properties properties,
      ReadGate gate,
      ConsumerStates states,
      KafkaMeters meters,
      Supplier<Limits> limits,
      Placement.Shared shared) {
    super(takingAll(properties), gate, states, meters, shared);
    this.enoughRecords =
        Integer.parseInt(String.valueOf(properties.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG)));
    this.limits = limits;
    this.shared = shared;
  }

  @Override
  public ConsumerRecords<Object, Object> poll(Duration timeout) {
    shared.inProgress().end(this);
    placement().readAgainWhatIsNotStored(handedOver);
    handedOver = Map.of();
    Limits most = limits.get();
    gather(timeout, most);
    if (!isReading()) {
      return ConsumerRecords.empty();
    }
    List<ConsumerRecord<Object, Object>> records = take(most);
    Map<TopicPartition, Position> positions = positions(records);
    if (records.isEmpty()) {
      advance(positions);
      return ConsumerRecords.empty();
    }
    if (!shared.inProgress().begin(this, positions.keySet())) {
      placement().awaitAll();
      return ConsumerRecords.empty();
    }
    handedOver = positions;
    return asOne(records, positions);
  }

  @Override
  public void close() {
    shared.inProgress().end(this);
    super.close();
  }

  private void gather(Duration timeout, Limits most) {
    long end = System.nanoTime() + timeout.toNanos();
    boolean wanted = kept.size() < most.maxMessages() && keptBytes < most.maxPayloadBytes();
    keep(poll(kept.isEmpty() ? timeout : Duration.ZERO, wanted));
    long left = end - System.nanoTime();
    while (!kept.isEmpty()
        && kept.size() < Math.min(enoughRecords, most.maxMessages())
        && keptBytes < Math.min(ENOUGH_BYTES, most.maxPayloadBytes())
        && left > 0) {
      keep(poll(Duration.ofNanos(left), true));
      left = end - System.nanoTime();
    }
    // What a rebalance has taken is read elsewhere.
    keepOnly(record -> placement().isPlaced(partition(record)));
  }

  @Override
  void drop(TopicPartition partition) {
    keepOnly(record -> !partition(record).equals(partition));
  }

  private void keepOnly(Predicate<ConsumerRecord<Object, Object>> wanted) {
    if (kept.removeIf(wanted.negate())) {
      keptBytes = kept.stream().mapToLong(WholePollConsumer::bytes).sum();
    }
  }

  private void keep(ConsumerRecords<Object, Object> read) {
    for (ConsumerRecord<Object, Object> record : read) {
      kept.add(record);
      keptBytes += bytes(record);
    }
  }

  /** As many as fit into one batch, and one at least. */
  private List<ConsumerRecord<Object, Object>> take(Limits most) {
    List<ConsumerRecord<Object, Object>> taken = new ArrayList<>(kept.size());
    long bytes = 0;
    while (!kept.isEmpty()) {
      long more = bytes(kept.getFirst());
      if (!taken.isEmpty() && !most.allow(taken.size() + 1, bytes + more)) {
        break;
      }
      taken.add(kept.removeFirst());
      bytes += more;
    }
    keptBytes -= bytes;
    return taken;
  }

  /** How far each partition has been read, with the records that have been taken. */
  private Map<TopicPartition, Position> positions(List<ConsumerRecord<Object, Object>> taken) {
    Map<TopicPartition, Long> firstKept = new HashMap<>();
    Map<TopicPartition, Long> lastTaken = new HashMap<>();
    kept.forEach(record -> firstKept.putIfAbsent(partition(record), record.offset()));
    taken.forEach(record -> lastTaken.put(partition(record), record.offset()));
    Map<TopicPartition, Position> positions = new HashMap<>();
    for (TopicPartition partition : assignment()) {
      Position position =
          placement().position(partition, firstKept.get(partition), lastTaken.get(partition));
      if (position != null) {
        positions.put(partition, position);
      }
    }
    return positions;
  }

  private void advance(Map<TopicPartition, Position> positions) {
    try {
      shared.store().advance(positions);
    } catch (StoreException e) {
      // The store says so; what is passed over is passed over again.
    }
  }

  /** At least what the record adds to a batch. */
  private static long bytes(ConsumerRecord<?, ?> record) {
    return Math.max(0, record.serializedValueSize());
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /** It stands where the first of them stands. */
  private static ConsumerRecords<Object, Object> asOne(
      List<ConsumerRecord<Object, Object>> records, Map<TopicPartition, Position> positions) {
    ConsumerRecord<Object, Object> first = records.get(0);
    ConsumerRecord<Object, Object> whole =
        new ConsumerRecord<>(
            first.topic(),
            first.partition(),
            first.offset(),
            null,
            new PolledRecords(records, positions));
    return new ConsumerRecords<>(Map.of(partition(first), List.of(whole)));
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
    return all;
  }
}
