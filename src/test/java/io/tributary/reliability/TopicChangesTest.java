package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;

import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic that gets more partitions. */
@Tag("reliability")
class TopicChangesTest {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private final String customers = Kafka.topic("customers", 2);

  @TempDir Path state;

  @Test
  void partitionsThatAreAdded_areReadWithinAMinute() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // Given
      send(0, 1);
      await().atMost(A_MINUTE).until(() -> api.applied().size() == 1);

      // When
      Kafka.grow(customers, 3);
      Kafka.send(List.of(new ProducerRecord<>(customers, 2, null, message("new", "{\"id\":2}"))));

      // Then
      await().atMost(A_MINUTE).until(() -> api.applied().size() == 2);
    }
  }

  private RunningTributary tributary(RecordingApi api) throws Exception {
    return RunningTributary.with(state, Kafka.brokers(), api.url())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, customers + "-products")
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .start();
  }

  private void send(int from, int to) {
    Kafka.send(
        IntStream.range(from, to)
            .mapToObj(i -> message("m" + i, "{\"id\":" + i + "}"))
            .map(value -> new ProducerRecord<byte[], byte[]>(customers, 1, null, value))
            .toList());
  }
}
