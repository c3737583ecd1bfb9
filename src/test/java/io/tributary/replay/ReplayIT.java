package io.tributary.replay;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay by the packaged jar, killed in the middle. */
@Tag("long")
@Tag("reliability")
class ReplayIT {
  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String letters = Kafka.topic("dead", 1);

  @TempDir Path folder;

  @Test
  void killedReplay_isGoneOnWithByTheNext() throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi()) {
      // Given five refused batches, and an API that takes the third replayed one for long
      try (JarProcess process = tributary(api.url()).start()) {
        api.answering((attempt, number) -> Answer.status(422));
        for (int i = 1; i <= 5; i++) {
          Kafka.send(
              List.of(new ProducerRecord<>(customers, message("m" + i, "{\"id\":" + i + "}"))));
          int refused = i;
          await().until(() -> Kafka.read(letters).size() == refused);
        }
        api.answering(
            (attempt, number) -> {
              if (number == 8) {
                killed.await();
                return Answer.appliedButCut();
              }
              return Answer.status(200);
            });
        String listed = replay(api, "--reason", "refused-by-api", "--dry-run");
        assertTrue(listed.contains("found=5, to replay=5"), listed);

        // When
        try (JarProcess begun = command(api, "--reason", "refused-by-api").start()) {
          await().until(() -> api.attempts().size() == 8);
          begun.kill();
          killed.countDown();
        }
      }
      await().until(() -> api.applied().size() == 3);

      // Then
      String done = replay(api, "--reason", "refused-by-api");
      assertTrue(done.contains("DONE: found=5, to replay=0, replayed=3, already"), done);
      String twice = replay(api, "--reason", "refused-by-api");
      assertTrue(twice.contains("replayed=0, already replayed=5"), twice);
      List<Attempt> attempts = api.attempts();
      assertEquals(11, attempts.size());
      List<String> refused = attempts.subList(0, 5).stream().map(Attempt::key).toList();
      assertEquals(refused, List.copyOf(api.applied().keySet()));
      assertEquals(attempts.get(7).key(), attempts.get(8).key());
      assertEquals(attempts.get(7).body(), attempts.get(8).body());
      assertEquals(5, Kafka.read(letters).size());
    }
  }

  private String replay(RecordingApi api, String... options) throws Exception {
    try (JarProcess process = command(api, options).start()) {
      assertEquals(0, process.awaitExit(), process.output());
      return process.output();
    }
  }

  private JarProcess.Builder command(RecordingApi api, String... options) {
    JarProcess.Builder command = tributary(api.url()).argument("replay");
    List.of(options).forEach(command::argument);
    return command;
  }

  private JarProcess.Builder tributary(String apiUrl) {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.DEAD_LETTER_TOPIC, letters)
        .set(Setting.ANALYTICS_API_BASE_URL, apiUrl)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3");
  }
}
