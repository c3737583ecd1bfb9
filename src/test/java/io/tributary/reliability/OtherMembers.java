package io.tributary.reliability;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Members of Tributary's consumer group that read, commit nothing, and are in the way. */
final class OtherMembers implements AutoCloseable {
  private final String brokers;
  private final List<String> topics;
  private final List<KafkaConsumer<byte[], byte[]>> stuck = new ArrayList<>();

  OtherMembers(String brokers, List<String> topics) {
    this.brokers = brokers;
    this.topics = topics;
  }

  /** Joins, stays for up to a second, leaves, and so on. */
  void joinAndLeave(BooleanSupplier goOn) {
    for (int i = 1; goOn.getAsBoolean(); i++) {
      try (KafkaConsumer<byte[], byte[]> member = join()) {
        for (int poll = 0; poll < i % 5; poll++) {
          member.poll(Duration.ofMillis(200));
        }
      }
    }
  }

  /** A member that has partitions polls no more, and another joins: the group waits for the one. */
  void stick() {
    KafkaConsumer<byte[], byte[]> first = join();
    await()
        .until(
            () -> {
              first.poll(Duration.ofMillis(100));
              return !first.assignment().isEmpty();
            });
    KafkaConsumer<byte[], byte[]> second = join();
    second.poll(Duration.ofMillis(500));
    stuck.add(first);
    stuck.add(second);
  }

  private KafkaConsumer<byte[], byte[]> join() {
    KafkaConsumer<byte[], byte[]> member =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                ConsumerConfig.GROUP_ID_CONFIG,
                "tributary",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6000,
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                60_000,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName())),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    member.subscribe(topics);
    return member;
  }

  /** Lets the group go on. */
  @Override
  public void close() {
    stuck.forEach(member -> member.close(Duration.ZERO));
    stuck.clear();
  }
}
