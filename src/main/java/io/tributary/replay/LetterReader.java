package io.tributary.replay;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dead-letter topic from its beginning to where it ended when this was made. In no
 * consumer group: it commits nothing. Belongs to one thread.
 */
final class LetterReader implements Iterator<StoredLetter>, Closeable {
  /** For the first answer, while an operator waits; some brokers of several may be away. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String brokers;
  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final BooleanSupplier stopped;
  private final Deque<StoredLetter> read = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param client how the brokers are reached
   * @param stopped whether no more is wanted
   * @throws ReplayException when the topic does not exist or the brokers do not let it be read
   */
  LetterReader(Properties client, String topic, BooleanSupplier stopped) {
    this.stopped = stopped;
    this.brokers = client.getProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "2000");
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    try {
      consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw refusal(e);
    }
    try {
      List<PartitionInfo> found = partitions(topic);
      if (found == null || found.isEmpty()) {
        throw new ReplayException("the topic " + topic + " does not exist");
      }
      List<TopicPartition> partitions =
          found.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      ends = consumer.endOffsets(partitions, PATIENCE);
    } catch (RuntimeException e) {
      consumer.close(Duration.ZERO);
      throw e instanceof KafkaException refused ? refusal(refused) : e;
    }
  }

  /** Also after the end, where Camel's splitter looks once more. */
  @Override
  public boolean hasNext() {
    if (closed) {
      return false;
    }
    try {
      readOn();
    } catch (KafkaException e) {
      throw refusal(e);
    }
    return !read.isEmpty() && !stopped.getAsBoolean();
  }

  private void readOn() {
    long begin = System.nanoTime();
    while (read.isEmpty() && !stopped.getAsBoolean() && !isAtEnd()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end(record)) {
          StoredLetter.of(record).ifPresent(read::add);
        }
        begin = System.nanoTime();
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new TimeoutException("The dead letters cannot be read any further");
      }
    }
  }

  @Override
  public StoredLetter next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return read.remove();
  }

  @Override
  public void close() {
    closed = true;
    consumer.close(Duration.ofSeconds(1));
  }

  private boolean isAtEnd() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), PATIENCE) >= end.getValue());
  }

  private @Nullable List<PartitionInfo> partitions(String topic) {
    try {
      return consumer.partitionsFor(topic, FIRST_PATIENCE);
    } catch (TimeoutException e) {
      throw new ReplayException("no broker answers at " + brokers, e);
    }
  }

  private ReplayException refusal(KafkaException why) {
    Throwable root = why.getCause() == null ? why : why.getCause();
    String words = Objects.requireNonNullElse(root.getMessage(), root.toString());
    return new ReplayException("Kafka at " + brokers + ": " + words, why);
  }

  private long end(ConsumerRecord<?, ?> record) {
    return Objects.requireNonNull(ends.get(new TopicPartition(record.topic(), record.partition())));
  }
}
