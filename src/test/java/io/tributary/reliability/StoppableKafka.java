package io.tributary.reliability;

import io.tributary.demo.EmbeddedBroker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker that a test may take away. It creates no topic by itself. */
final class StoppableKafka implements AutoCloseable {
  private final EmbeddedBroker broker =
      new EmbeddedBroker(0, Map.of("auto.create.topics.enable", "false")).start();

  /** One that is there until the tests of this JVM are over. */
  static StoppableKafka untilTheEnd() {
    StoppableKafka kafka = new StoppableKafka();
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    return kafka;
  }

  String brokers() {
    return broker.bootstrapServers();
  }

  void stop() {
    broker.stop();
  }

  void start() {
    broker.start();
  }

  /** A name for a topic that does not exist. */
  static String noTopic(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  String topic(String prefix, int partitions) {
    String name = noTopic(prefix);
    create(name, partitions);
    return name;
  }

  void create(String topic, int partitions) {
    broker.createTopic(topic, partitions);
  }

  void send(String topic, String... values) throws Exception {
    Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get();
      }
    }
  }

  /** Records of the topics that the group has not committed. */
  long lag(String group, String... topics) {
    return ask(
        admin -> {
          Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
          for (var topic : admin.describeTopics(List.of(topics)).allTopicNames().get().values()) {
            topic.partitions().stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .forEach(partition -> latest.put(partition, OffsetSpec.latest()));
          }
          var committed =
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
          return admin.listOffsets(latest).all().get().entrySet().stream()
              .mapToLong(
                  end -> {
                    var offset = committed.get(end.getKey());
                    return end.getValue().offset() - (offset == null ? 0 : offset.offset());
                  })
              .sum();
        });
  }

  /** Sends in a transaction, which is then committed or aborted. */
  void sendInTransaction(String topic, boolean committed, String value) throws Exception {
    Map<String, Object> settings =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers(),
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            noTopic("transaction"));
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, value)).get();
      if (committed) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  void delete(String topic) {
    ask(admin -> admin.deleteTopics(List.of(topic)).all().get());
  }

  /**
   * Sets the group's offsets on a topic, as {@code kafka-consumer-groups --reset-offsets} does.
   *
   * @param offset of each partition; beyond its end, the end
   */
  void setOffsets(String group, String topic, long offset) {
    ask(
        admin -> {
          removeMembers(admin, group);
          Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
          var found = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
          found
              .partitions()
              .forEach(
                  p -> latest.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest()));
          Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
          admin
              .listOffsets(latest)
              .all()
              .get()
              .forEach(
                  (partition, end) ->
                      offsets.put(
                          partition, new OffsetAndMetadata(Math.min(offset, end.offset()))));
          return admin.alterConsumerGroupOffsets(group, offsets).all().get();
        });
  }

  /** A member with a name of its own stays one for a while after it has stopped. */
  private static void removeMembers(Admin admin, String group)
      throws InterruptedException, ExecutionException {
    var groups = admin.describeConsumerGroups(List.of(group)).all().get();
    if (!groups.get(group).members().isEmpty()) {
      var everybody = new RemoveMembersFromConsumerGroupOptions();
      admin.removeMembersFromConsumerGroup(group, everybody).all().get();
    }
  }

  /** Makes the group forget its members, as it does by itself some seconds after they have gone. */
  void removeMembers(String group) {
    ask(
        admin -> {
          removeMembers(admin, group);
          return group;
        });
  }

  /** Deletes what the group has committed; nobody may be in it any more. */
  void deleteOffsets(String group) {
    ask(
        admin -> {
          removeMembers(admin, group);
          Set<TopicPartition> committed =
              admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().keySet();
          return admin.deleteConsumerGroupOffsets(group, committed).all().get();
        });
  }

  @Override
  public void close() {
    broker.close();
  }

  private interface Question<T> {
    T ask(Admin admin) throws InterruptedException, ExecutionException;
  }

  private <T> T ask(Question<T> question) {
    try {
      return question.ask(broker.admin());
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("The broker does not do what it is asked", e);
    }
  }
}
