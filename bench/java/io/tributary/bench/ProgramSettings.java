package io.tributary.bench;

import io.tributary.settings.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Tributary's settings, as the other programs that are measured take them. */
final class ProgramSettings {
  private ProgramSettings() {}

  static int number(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  static String text(Setting setting) {
    return Optional.ofNullable(System.getenv(setting.name())).orElse(setting.defaultValue());
  }

  /** A consumer of a topic that fetches as much at once as Tributary's. */
  static Consumer<byte[], byte[]> consumer(String topic) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, text(Setting.KAFKA_BOOTSTRAP_SERVERS));
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, text(Setting.KAFKA_GROUP_ID));
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * 1024 * 1024);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 * 1024 * 1024);
    settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1);
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
    return consumer;
  }
}
