package io.tributary.intake;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.batch.Limits;
import io.tributary.metrics.KafkaMeters;
import io.tributary.poll.PolledRecords;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WholePollConsumerTest {
  private static final int MAX_POLL_RECORDS = 400;
  private static final Duration FETCH_WAIT = Duration.ofSeconds(1);

  private static final ConsumerRebalanceListener NOTHING_TO_DO =
      new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
      };

  private final String topic = Kafka.topic("whole", 3);
  private Store store;
  private GroupAdmin admin;
  private final PollsInProgress inProgress = PollsInProgress.none();
  private Limits limits = new Limits(5_000, 5_000_000);

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Stores.open(folder);
    admin = new GroupAdmin(topic, store.identity());
  }

  @AfterEach
  void close() {
    admin.close();
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

  @Test
  void topicThatDoesNotExist_isNotMade() throws Exception {
    // Given
    String misspelt = topic + "-misspelt";
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(misspelt), NOTHING_TO_DO);

      // When
      for (int i = 0; i < 20; i++) {
        consumer.poll(Duration.ofMillis(100));
      }

      // Then
      assertFalse(Kafka.admin().listTopics().names().get().contains(misspelt));
    }
  }

  /** The broker would make each of some 50 responses wait for it. */
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
    assertTrue(taken.compareTo(FETCH_WAIT.multipliedBy(15)) < 0, "took " + taken);
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

  @ParameterizedTest(name = "{2} records of {3} bytes, with {0} messages or {1} bytes in a batch")
  @CsvSource({
    "70, 5000000, 600, 1000, 70",
    "5000, 20500, 600, 1000, 20",
    "5000, 500, 5, 1000, 1",
    "5000, 5000000, 1, 10, 1"
  })
  void poll_hasWhatFitsIntoABatchOrOneRecord(
      int messages, long bytes, int records, int size, int expected) {
    // Given
    limits = new Limits(messages, bytes);
    send(records, size);

    // When
    List<List<ConsumerRecord<?, ?>>> polls = pollUntil(records);

    // Then
    assertEquals(expected, polls.stream().mapToInt(List::size).max().orElse(0));
    assertEachPartitionIsInOrder(polls, records);
  }

  /** What is kept is not read yet, although the client has gone on. */
  @Test
  void positions_areThoseOfWhatWasHandedOver() {
    // Given
    limits = new Limits(70, 5_000_000);
    send(600, 100);
    Map<TopicPartition, Long> read = new HashMap<>();
    int polls = 0;

    // When
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);
      while (read.values().stream().mapToLong(Long::longValue).sum() < 600) {
        for (ConsumerRecord<Object, Object> whole : consumer.poll(Duration.ofMillis(100))) {
          PolledRecords polled = (PolledRecords) whole.value();
          polled
              .records()
              .forEach(
                  (partition, some) -> read.put(partition, some.get(some.size() - 1).offset() + 1));

          // Then
          polled
              .positions()
              .forEach(
                  (partition, position) -> {
                    assertEquals(read.getOrDefault(partition, 0L), position.next());
                    assertNotEquals(Uuid.ZERO_UUID, position.topicId());
                  });
          stored(whole);
          assertTrue(polled.positions().keySet().containsAll(read.keySet()));
          polls++;
        }
      }
    }
    assertTrue(polls >= 9, "polls: " + polls);
  }

  /** Camel goes on with the same client when an exchange fails while it stops. */
  @Test
  void pollThatIsNotStored_isHandedOverAgain() {
    // Given
    limits = new Limits(150, 5_000_000);
    send(600, 100);
    List<List<ConsumerRecord<?, ?>>> polls = new ArrayList<>();
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);
      int handedOver = 0;

      // When each second one fails
      while (polls.stream().mapToInt(List::size).sum() < 600) {
        for (ConsumerRecord<Object, Object> whole : consumer.poll(Duration.ofMillis(100))) {
          if (handedOver++ % 2 == 1) {
            polls.add(stored(whole));
          }
        }
      }
    }

    // Then
    assertEachPartitionIsInOrder(polls, 600);
  }

  /** A consumer of the same process that has been thrown out of the group may not know it yet. */
  @Test
  void partitionThatAnotherConsumerTookForAMoment_isReadOn() {
    // Given
    send(3, 10);
    List<List<ConsumerRecord<?, ?>>> polls = new ArrayList<>();
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);
      pollInto(polls, consumer, 3);

      // When
      assertTrue(consumer.poll(Duration.ZERO).isEmpty(), "what was handed over is done with");
      assertTrue(inProgress.take(new Object(), new TopicPartition(topic, 1)));
      send(3, 10);
      pollInto(polls, consumer, 6);
    }

    // Then
    assertEachPartitionIsInOrder(polls, 6);
  }

  private void pollInto(
      List<List<ConsumerRecord<?, ?>>> polls, WholePollConsumer consumer, int records) {
    await()
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100)).forEach(whole -> polls.add(stored(whole)));
              return polls.stream().mapToInt(List::size).sum() >= records;
            });
  }

  /** The end of a transaction stands in the topic, and is no record. */
  @Test
  void endOfATransaction_isReadToo() throws Exception {
    // Given
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.brokers());
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic);
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, bytes, bytes)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 1, null, new byte[10]));
      producer.commitTransaction();
    }
    TopicPartition partition = new TopicPartition(topic, 1);

    // When
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);

      // Then
      await()
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(this::stored);
                return store.position(partition) != null && store.position(partition).next() == 2;
              });
    }
  }

  @Test
  void whatIsKeptOfAPartitionThatLeaves_isNotHandedOver() throws Exception {
    // Given a consumer that has always read more than it hands over
    limits = new Limits(10, 5_000_000);
    AtomicBoolean end = new AtomicBoolean();
    ExecutorService otherThread = Executors.newSingleThreadExecutor();
    try (WholePollConsumer consumer = consumer()) {
      consumer.subscribe(List.of(topic), NOTHING_TO_DO);
      await().until(() -> consumer.poll(Duration.ofMillis(100)).isEmpty() && isPlaced());

      // When
      Future<?> other = otherThread.submit(() -> pollAsAnotherMemberUntil(end));
      int afterwards = 0;
      while (afterwards < 20) {
        ConsumerRecords<Object, Object> poll = consumer.poll(Duration.ofMillis(100));
        if (poll.isEmpty()) {
          send(600, 10);
        }
        for (ConsumerRecord<Object, Object> whole : poll) {
          // Then
          Set<TopicPartition> assigned = consumer.assignment();
          for (ConsumerRecord<?, ?> record : stored(whole)) {
            assertTrue(assigned.contains(partition(record)), record + " of " + assigned);
          }
          afterwards += assigned.size() < 3 ? 1 : 0;
        }
      }
      end.set(true);
      other.get();
    } finally {
      end.set(true);
      otherThread.shutdown();
    }
  }

  private boolean isPlaced() {
    return IntStream.range(0, 3)
        .allMatch(partition -> store.position(new TopicPartition(topic, partition)) != null);
  }

  private void pollAsAnotherMemberUntil(AtomicBoolean end) {
    Properties properties = new Properties();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.brokers());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(properties, bytes, bytes)) {
      other.subscribe(List.of(topic));
      while (!end.get()) {
        other.poll(Duration.ofMillis(100));
      }
    }
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
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
          List<ConsumerRecord<?, ?>> gathered = stored(whole);
          assertStandsAtTheFirst(whole, gathered.get(0));
          read += gathered.size();
          polls.add(gathered);
        }
      }
    }
    return polls;
  }

  /** The records, of which the store knows from now on. */
  private List<ConsumerRecord<?, ?>> stored(ConsumerRecord<Object, Object> whole) {
    PolledRecords polled = (PolledRecords) whole.value();
    store.advance(polled.positions());
    List<ConsumerRecord<?, ?>> records = new ArrayList<>();
    polled.records().values().forEach(records::addAll);
    return records;
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
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "" + MAX_POLL_RECORDS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 40_000);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    admin.use(properties);
    return new WholePollConsumer(
        properties,
        new WholePollConsumer.Shared(
            store,
            new ReadGate(store, 20, Clock.systemUTC()),
            () -> limits,
            new ConsumerStates(Clock.systemUTC()),
            new KafkaMeters(new SimpleMeterRegistry()),
            admin,
            inProgress,
            false,
            Assertions::fail));
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
