package io.tributary.intake;

import io.tributary.operations.KafkaMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Hands over all that it has read as one record, whose value is the list of the records that were
 * read. So Camel makes one exchange of it, and not one for each record first; and no header of a
 * record can become one of Camel's, with which a producer could steer a route (CVE-2026-49098).
 *
 * <p>What comes within a poll's timeout is gathered, since an fsync and a commit cost the same for
 * one record as for many.
 */
final class WholePollConsumer extends GatedKafkaConsumer<Object, Object> {
  /** Bytes of values at which no more is gathered; one response of each broker can add to it. */
  private static final long ENOUGH_BYTES = 4_000_000;

  private final int enoughRecords;

  /**
   * @param properties Kafka's; {@code max.poll.records} is the number at which no more is gathered
   */
  WholePollConsumer(
      Properties properties, ReadGate gate, ConsumerStates states, KafkaMeters meters) {
    super(takingAll(properties), gate, states, meters);
    this.enoughRecords =
        Integer.parseInt(String.valueOf(properties.get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG)));
  }

  @Override
  public ConsumerRecords<Object, Object> poll(Duration timeout) {
    ConsumerRecords<Object, Object> read = super.poll(timeout);
    if (read.isEmpty()) {
      return read;
    }
    Set<TopicPartition> assigned = assignment();
    long end = System.nanoTime() + timeout.toNanos();
    List<ConsumerRecord<Object, Object>> gathered = new ArrayList<>(enoughRecords);
    long bytes = gather(read, gathered);
    long left = timeout.toNanos();
    while (gathered.size() < enoughRecords && bytes < ENOUGH_BYTES && left > 0) {
      bytes += gather(super.poll(Duration.ofNanos(left)), gathered);
      left = end - System.nanoTime();
    }
    // What a rebalance has given to another member is read there.
    Set<TopicPartition> kept = assignment();
    if (!kept.equals(assigned)) {
      gathered.removeIf(record -> !kept.contains(partition(record)));
    }
    return gathered.isEmpty() ? ConsumerRecords.empty() : asOne(gathered);
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private static long gather(
      ConsumerRecords<Object, Object> read, List<ConsumerRecord<Object, Object>> gathered) {
    long bytes = 0;
    for (ConsumerRecord<Object, Object> record : read) {
      gathered.add(record);
      bytes += Math.max(0, record.serializedValueSize());
    }
    return bytes;
  }

  /** It stands where the first of them stands. */
  private static ConsumerRecords<Object, Object> asOne(
      List<ConsumerRecord<Object, Object>> records) {
    ConsumerRecord<Object, Object> first = records.get(0);
    ConsumerRecord<Object, Object> whole =
        new ConsumerRecord<>(first.topic(), first.partition(), first.offset(), null, records);
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
