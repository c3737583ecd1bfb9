package io.tributary.replay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the dead-letter topic from its beginning to where it ended when this was made, and has the
 * group of the replays note what is done. Belongs to one thread.
 */
final class LetterReader implements AutoCloseable {
  /** For the first answer, while an operator waits; some brokers of several may be away. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MOST_EMPTY_POLLS = 150;

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, ReplayedOffsets> partitions = new HashMap<>();
  private final boolean remembering;
  private int emptyPolls;

  /**
   * Opens the topic.
   *
   * @param client how the brokers are reached, and the name of the group
   * @param committing whether to be the group's one member; otherwise it only looks
   */
  LetterReader(Properties client, String topic, boolean committing) throws IOException {
    Properties settings = new Properties();
    settings.putAll(client);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // What was done is known, so to begin anew sends nothing twice, and to end early would skip.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "2000");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "30000");
    // One seat in the group: who takes it can commit, and who had it before cannot any more.
    settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "replay");
    // The API may take long for what one poll has brought.
    settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, String.valueOf(Integer.MAX_VALUE));
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    consumer = new KafkaConsumer<>(settings, bytes, bytes);
    try {
      Set<TopicPartition> all = partitionsOf(topic);
      if (committing) {
        consumer.subscribe(List.of(topic));
        while (!consumer.assignment().containsAll(all)) {
          records();
        }
      } else {
        consumer.assign(all);
      }
      consumer.seekToBeginning(all);
      var begins = consumer.beginningOffsets(all);
      var ends = consumer.endOffsets(all);
      var committed = consumer.committed(all);
      remembering = committed.values().stream().anyMatch(Objects::nonNull);
      for (TopicPartition each : all) {
        long begin = Objects.requireNonNull(begins.get(each));
        long end = Objects.requireNonNull(ends.get(each));
        partitions.put(each, new ReplayedOffsets(begin, end, committed.get(each)));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Set<TopicPartition> partitionsOf(String topic) {
    List<PartitionInfo> found;
    try {
      found = consumer.partitionsFor(topic, FIRST_PATIENCE);
    } catch (TimeoutException e) {
      throw new TimeoutException("no broker answers");
    }
    if (found == null || found.isEmpty()) {
      throw new IllegalStateException("the topic " + topic + " does not exist");
    }
    return found.stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .collect(Collectors.toSet());
  }

  /** Whether the group has heard of an earlier replay. */
  boolean isRemembering() {
    return remembering;
  }

  boolean isAtEnd() {
    return partitions.entrySet().stream()
        .allMatch(p -> consumer.position(p.getKey()) >= p.getValue().end);
  }

  /** The next dead letters, if there are some soon. */
  List<StoredLetter> poll() {
    List<StoredLetter> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> stored : records()) {
      ReplayedOffsets offsets = partitions.get(partition(stored));
      if (offsets == null || stored.offset() >= offsets.end) {
        continue; // it came later
      }
      StoredLetter letter = StoredLetter.of(stored);
      if (letter == null) {
        offsets.add(stored.offset());
      } else {
        letters.add(letter);
      }
    }
    return letters;
  }

  private ConsumerRecords<byte[], byte[]> records() {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    emptyPolls = records.isEmpty() ? emptyPolls + 1 : 0;
    if (emptyPolls > MOST_EMPTY_POLLS) {
      throw new TimeoutException("the dead letters cannot be read any further");
    }
    return records;
  }

  /** What is done in the partition of a letter. */
  ReplayedOffsets offsets(ConsumerRecord<?, ?> stored) {
    return Objects.requireNonNull(partitions.get(partition(stored)));
  }

  /** Says to the group that a letter is done. */
  void commit(ConsumerRecord<?, ?> stored, OffsetAndMetadata offset) {
    try {
      consumer.commitSync(Map.of(partition(stored), offset));
    } catch (CommitFailedException | FencedInstanceIdException e) {
      throw new IllegalStateException(
          "another replay has taken over, or the brokers have ended its session");
    }
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> stored) {
    return new TopicPartition(stored.topic(), stored.partition());
  }

  @Override
  public void close() {
    consumer.close(Duration.ofSeconds(1));
  }
}
