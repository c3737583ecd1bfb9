package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The packaged jar with less memory than its records take, and no option for that. */
class SmallHeapIT {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();

  @Test
  void heapThatIsTooSmall_endsTheProcessAndLosesNothing() throws Exception {
    // Given
    Kafka.change(customers, Map.of("max.message.bytes", "8000000"));
    String text = "x".repeat(7_000_000);
    for (String id : List.of("1", "2", "3", "4")) {
      String entry = "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, text);
      Kafka.send(List.of(new ProducerRecord<>(customers, message(id, entry))));
    }
    JarProcess.Builder tributary = rig.jar().set(Setting.MERGE_MAX_BYTES, 100_000_000);

    // When
    try (JarProcess process = tributary.jvm("-Xmx40m").start()) {
      int status = process.awaitExit();

      // Then
      assertEquals(3, status, process.output());
      assertTrue(process.output().contains("java.lang.OutOfMemoryError"), process.output());
    }

    // When
    JarProcess process = tributary.jvm("-Xmx512m").start();

    // Then
    Deliveries deliveries = new Deliveries(api);
    await().until(() -> Kafka.lag(customers, customers) == 0 && ids() == 4);
    assertTrue(process.isAlive());
    assertEquals(List.of(), deliveries.keysWithSeveralBodies());
  }

  private long ids() {
    return api.applied().values().stream()
        .mapToLong(body -> body.split("\"text\":", -1).length - 1)
        .sum();
  }
}
