package io.tributary.support;

import io.tributary.demo.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The broker that the tests of one JVM share, and what they ask of it. Each test has topics of its
 * own. The clients are shared, too: tests ask again and again until something has come.
 */
public final class Kafka {
  private static final EmbeddedBroker BROKER = start();
  private static final KafkaProducer<byte[], byte[]> PRODUCER = producer();
  private static final KafkaConsumer<byte[], byte[]> READER = reader();

  private Kafka() {}

  private static EmbeddedBroker start() {
    EmbeddedBroker broker = new EmbeddedBroker(0).start();
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    return broker;
  }

  private static KafkaConsumer<byte[], byte[]> reader() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // What it asks for after the last record holds up the next reading.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  public static String brokers() {
    return BROKER.bootstrapServers();
  }

  /** What else a test can ask the broker; never to be closed. */
  public static Admin admin() {
    return BROKER.admin();
  }

  /** A new topic with a name of its own. */
  public static String topic(String prefix, int partitions) {
    String name = prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    BROKER.createTopic(name, partitions);
    return name;
  }

  /** A new topic with settings of its own. */
  public static String topic(String prefix, int partitions, Map<String, String> settings) {
    String name = topic(prefix, partitions);
    change(name, settings);
    return name;
  }

  /** Gives a topic more partitions. */
  public static void grow(String name, int partitions) {
    try {
      admin().createPartitions(Map.of(name, NewPartitions.increaseTo(partitions))).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The topic " + name + " cannot grow", e);
    }
  }

  /** Changes settings of a topic. */
  public static void change(String name, Map<String, String> settings) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(s -> new ConfigEntry(s.getKey(), s.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    try {
      admin().incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The topic " + name + " cannot be set up", e);
    }
  }

  public static KafkaProducer<byte[], byte[]> producer() {
    return producer(CompressionType.NONE);
  }

  public static KafkaProducer<byte[], byte[]> producer(CompressionType codec) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers(),
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            codec.name,
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            8_000_000),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Sends the records and waits until the broker has them. */
  public static void send(List<ProducerRecord<byte[], byte[]>> records) {
    try {
      var sent = records.stream().map(PRODUCER::send).toList();
      for (var future : sent) {
        future.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("Records were not sent", e);
    }
  }

  /** All records of a topic, as far as they are there now. */
  public static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    synchronized (READER) {
      List<TopicPartition> partitions =
          READER.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      READER.assign(partitions);
      READER.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = READER.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> READER.position(p) < ends.get(p))) {
        READER.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /** The members of a group, and what each reads; one that has joined again is another. */
  public static Map<String, Set<TopicPartition>> members(String group) {
    try {
      return admin()
          .describeConsumerGroups(List.of(group))
          .all()
          .get()
          .get(group)
          .members()
          .stream()
          .collect(
              Collectors.toMap(
                  MemberDescription::consumerId, member -> member.assignment().topicPartitions()));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The group " + group + " cannot be described", e);
    }
  }

  /** Those of the groups that the broker has heard of. */
  public static Set<String> groupsOf(Set<String> groups) {
    try {
      return admin().listConsumerGroups().all().get().stream()
          .map(ConsumerGroupListing::groupId)
          .filter(groups::contains)
          .collect(Collectors.toSet());
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The groups cannot be told", e);
    }
  }

  /** Records of a topic that the group has not committed. */
  public static long lag(String group, String topic) {
    try {
      var description = admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      description
          .partitions()
          .forEach(p -> latest.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
      Map<TopicPartition, ListOffsetsResultInfo> ends = admin().listOffsets(latest).all().get();
      var committed = admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return ends.entrySet().stream()
          .mapToLong(
              end -> {
                var offset = committed.get(end.getKey());
                return end.getValue().offset() - (offset == null ? 0 : offset.offset());
              })
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The lag of " + topic + " cannot be told", e);
    }
  }
}
