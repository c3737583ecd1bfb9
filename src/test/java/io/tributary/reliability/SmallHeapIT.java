package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar with less memory than its records take, and no option for that. */
class SmallHeapIT {
  @TempDir Path folder;

  @Test
  void heapThatIsTooSmall_endsTheProcessAndLosesNothing() throws Exception {
    // Given
    Map<String, String> large = Map.of("max.message.bytes", "8000000");
    String customers = Kafka.topic("customers", 1, large);
    String text = "x".repeat(7_000_000);
    for (String id : List.of("1", "2", "3", "4")) {
      String entry = "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, text);
      Kafka.send(List.of(new ProducerRecord<>(customers, message(id, entry))));
    }
    try (RecordingApi api = new RecordingApi()) {
      JarProcess.Builder tributary =
          JarProcess.in(folder)
              .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
              .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
              .set(Setting.KAFKA_INVENTORY_TOPIC, Kafka.topic("products", 1))
              .set(Setting.KAFKA_GROUP_ID, customers)
              .set(Setting.MERGE_MAX_BYTES, 100_000_000)
              .set(Setting.MERGE_FLUSH_INTERVAL, 1)
              .set(Setting.ANALYTICS_API_BASE_URL, api.url());

      // When
      try (JarProcess process = tributary.jvm("-Xmx40m").start()) {
        int status = process.awaitExit();

        // Then
        assertEquals(3, status, process.output());
        assertTrue(process.output().contains("java.lang.OutOfMemoryError"), process.output());
      }

      // When
      try (JarProcess process = tributary.jvm("-Xmx512m").start()) {
        // Then
        Deliveries deliveries = new Deliveries(api);
        await().until(() -> Kafka.lag(customers, customers) == 0 && ids(api) == 4);
        assertTrue(process.isAlive());
        assertEquals(List.of(), deliveries.keysWithSeveralBodies());
      }
    }
  }

  private static long ids(RecordingApi api) {
    return api.applied().values().stream()
        .mapToLong(body -> body.split("\"text\":", -1).length - 1)
        .sum();
  }
}
