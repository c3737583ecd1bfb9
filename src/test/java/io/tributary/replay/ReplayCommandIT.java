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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay by the packaged jar, beside one that runs, and without. */
class ReplayCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String letters = Kafka.topic("dead", 1);

  @TempDir Path folder;

  @Test
  void replay_isStoppedAfterALetter_andSendsTheRestWhenNobodyElseRuns() throws Exception {
    Files.writeString(folder.resolve("users.properties"), "user.ada = s3cret");
    CountDownLatch stopping = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi()) {
      List<Attempt> refused;
      try (JarProcess running = tributary(api.url()).start()) {
        // Given two refused batches, and an API that takes the first one again for long
        api.answering((attempt, number) -> Answer.status(422));
        for (int i = 1; i <= 2; i++) {
          Kafka.send(
              List.of(new ProducerRecord<>(customers, message("m" + i, "{\"id\":" + i + "}"))));
          int letter = i;
          await().atMost(PATIENCE).until(() -> Kafka.read(letters).size() == letter);
        }
        refused = api.attempts();
        api.answering(
            (attempt, number) -> {
              stopping.await();
              return Answer.status(200);
            });

        // When
        try (JarProcess replay =
            tributary(api.url()).argument("replay").argument("--all").start()) {
          await().atMost(PATIENCE).until(() -> api.attempts().size() == 3);
          replay.terminate();
          stopping.countDown();

          // Then
          assertEquals(143, replay.awaitExit(PATIENCE), replay.output());
          assertTrue(
              replay.output().contains("Replay STOPPED: found=1, to replay=0, replayed=1"),
              replay.output());
          assertEquals(3, api.attempts().size());
        }
        running.kill();
      }

      // When nobody runs
      try (JarProcess replay = tributary(api.url()).argument("replay").argument("--all").start()) {

        // Then
        assertEquals(0, replay.awaitExit(PATIENCE), replay.output());
        assertTrue(
            replay.output().contains("DONE: found=2, to replay=0, replayed=1, already replayed=1"),
            replay.output());
      }
      List<Attempt> again = api.attempts().subList(2, 4);
      assertEquals(4, api.attempts().size());
      for (int i = 0; i < 2; i++) {
        assertEquals(refused.get(i).key(), again.get(i).key());
        assertEquals(refused.get(i).body(), again.get(i).body());
      }
    } finally {
      stopping.countDown();
    }
  }

  private JarProcess.Builder tributary(String apiUrl) {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.DEAD_LETTER_TOPIC, letters)
        .set(Setting.ANALYTICS_API_BASE_URL, apiUrl)
        .set(Setting.MANAGEMENT_USERS_FILE, "users.properties")
        .set(Setting.JOLOKIA_WRITE, "on")
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3");
  }
}
