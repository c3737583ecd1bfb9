package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.operations.KafkaMeters;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WholePollConsumerTest {
  private static final int MAX_POLL_RECORDS = 400;
  private static final Duration FETCH_WAIT = Duration.ofSeconds(5);

  private static final ConsumerRebalanceListener NOTHING_TO_DO =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };

  private final String topic = Kafka.topic("whole", 3);
  private Store store;

  @BeforeEach
  void open(@TempDir Path folder) {
    Duration hour = Duration.ofHours(1);
    SeenContents contents = new SeenContents(ContentDedupe.LATEST, 10, hour);
    store = Store.open(folder, new SeenIds(10, hour), contents, 10, hour, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void backlog_comesInPollsOfHardlyMoreThanTheMost() {
    // Given records of which a response has some 40
    send(3_000, 1_000);

    // When
    List<List<ConsumerRecord<?, ?>>> polls = pollUntil(3_000);

    // Then
    int most = polls.stream().mapToInt(List::size).max().orElse(0);
    assertTrue(most >= MAX_POLL_RECORDS, "gathered " + most);
    assertTrue(most < MAX_POLL_RECORDS + 100, "gathered " + most);
    assertEachPartitionIsInOrder(polls, 3_000);
  }

  /** The broker would make each of some 30 responses wait for it. */
  @Test
  void onePartitionOfSeveral_isReadWithoutWaitingForTheOthers() {
    // Given
    send(2_000, 1_000, 1);

    // When
    long start = System.nanoTime();
    List<List<ConsumerRecord<?, ?>>> polls = pollUntil(2_000);

    // Then
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(2_000, polls.stream().mapToInt(List::size).sum());
    assertTrue(taken.compareTo(FETCH_WAIT.multipliedBy(3)) < 0, "took " + taken);
  }

  @Test
  void largeRecords_comeInPollsOfSomeMegabytes() {
    // Given
    send(60, 200_000);

    // When
    List<List<ConsumerRecord<?, ?>>> polls = pollUntil(60);

    // Then
    assertTrue(polls.size() >= 2, "12 MB in " + polls.size());
    assertEachPartitionIsInOrder(polls, 60);
  }

  @Test
  void singleRecord_isHandedOverByItself() {
    // Given
    send(1, 10);

    // When
    List<List<ConsumerRecord<?, ?>>> polls = pollUntil(1);

    // Then
    assertEquals(1, polls.size());
    assertEquals(1, polls.get(0).size());
  }

  /** All polls until so many records have come, as Camel gets them. */
  private List<List<ConsumerRecord<?, ?>>> pollUntil(int records) {
    List<List<ConsumerRecord<?, ?>>> polls = new ArrayList<>();
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);
      int read = 0;
      while (read < records) {
        ConsumerRecords<Object, Object> poll = consumer.poll(Duration.ofMillis(100));
        for (ConsumerRecord<Object, Object> whole : poll) {
          assertEquals(1, poll.count());
          List<ConsumerRecord<?, ?>> gathered = listIn(whole);
          assertStandsAtTheFirst(whole, gathered.get(0));
          read += gathered.size();
          polls.add(gathered);
        }
      }
    }
    return polls;
  }

  private static List<ConsumerRecord<?, ?>> listIn(ConsumerRecord<Object, Object> whole) {
    List<ConsumerRecord<?, ?>> gathered = new ArrayList<>();
    ((List<?>) whole.value()).forEach(record -> gathered.add((ConsumerRecord<?, ?>) record));
    return gathered;
  }

  private static void assertStandsAtTheFirst(
      ConsumerRecord<Object, Object> whole, ConsumerRecord<?, ?> first) {
    assertEquals(first.partition(), whole.partition());
    assertEquals(first.offset(), whole.offset());
    assertNull(whole.key());
    assertEquals(0, whole.headers().toArray().length, "no header of a producer's");
  }

  private static void assertEachPartitionIsInOrder(
      List<List<ConsumerRecord<?, ?>>> polls, int records) {
    for (int partition = 0; partition < 3; partition++) {
      int wanted = partition;
      List<Long> offsets =
          polls.stream()
              .flatMap(List::stream)
              .filter(record -> record.partition() == wanted)
              .<Long>map(ConsumerRecord::offset)
              .toList();
      assertEquals(
          IntStream.range(0, (records + 2 - partition) / 3).mapToObj(i -> (long) i).toList(),
          offsets);
    }
  }

  private WholePollConsumer consumer() {
    Properties properties = new Properties();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.brokers());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "" + MAX_POLL_RECORDS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 40_000);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return new WholePollConsumer(
        properties,
        new ReadGate(store, 20, Clock.systemUTC()),
        new ConsumerStates(Clock.systemUTC()),
        new KafkaMeters(new SimpleMeterRegistry()));
  }

  /** Records of so many bytes, over the partitions in turn, each with a header. */
  private void send(int records, int bytes) {
    send(records, bytes, 3);
  }

  private void send(int records, int bytes, int partitions) {
    List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, i % partitions, null, new byte[bytes]);
      record.headers().add("kafka.OVERRIDE_TOPIC", new byte[] {1});
      sent.add(record);
    }
    Kafka.send(sent);
  }
}
