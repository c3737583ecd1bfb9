package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The broker's own log of what consumer groups have committed, and when. */
final class GroupLog {
  private static final short LATEST_OFFSET_KEY = 1;

  private GroupLog() {}

  /**
   * A commit.
   *
   * @param offset of the first record that it does not cover
   * @param millis when the broker got it, since the epoch
   */
  record Commit(TopicPartition partition, long offset, long millis) {}

  /** All commits of a group so far, in the order in which they were made. */
  static List<Commit> commits(Stage stage, String group) {
    Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, stage.brokers());
    List<Commit> commits = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> log =
          consumer.partitionsFor(Topic.GROUP_METADATA_TOPIC_NAME).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(log);
      consumer.seekToBeginning(log);
      Map<TopicPartition, Long> ends = consumer.endOffsets(log);
      while (log.stream()
          .anyMatch(place -> consumer.position(place) < ends.getOrDefault(place, 0L))) {
        for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(100))) {
          add(entry, group, commits);
        }
      }
    }
    return commits;
  }

  /** The fields stand in this order in every version of the format so far. */
  private static void add(
      ConsumerRecord<byte[], byte[]> entry, String group, List<Commit> commits) {
    ByteBuffer key = ByteBuffer.wrap(entry.key());
    if (key.getShort() > LATEST_OFFSET_KEY || entry.value() == null) {
      return;
    }
    if (text(key).equals(group)) {
      TopicPartition partition = new TopicPartition(text(key), key.getInt());
      long offset = ByteBuffer.wrap(entry.value()).getLong(Short.BYTES);
      commits.add(new Commit(partition, offset, entry.timestamp()));
    }
  }

  private static String text(ByteBuffer key) {
    byte[] bytes = new byte[key.getShort()];
    key.get(bytes);
    return new String(bytes, UTF_8);
  }
}
