package io.tributary.replay;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay from the command line, with the packaged jar and no access to Jolokia. */
class ReplayCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String letters = Kafka.topic("dead", 1);

  @TempDir Path folder;

  private record Result(int status, String output) {}

  @Test
  void replay_listsAndSendsOnceWhatIsMeant() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      try (JarProcess running = tributary(api.url()).start()) {
        // Given two refused batches
        api.answering((attempt, number) -> Answer.status(422));
        for (int i = 1; i <= 2; i++) {
          Kafka.send(
              List.of(new ProducerRecord<>(customers, message("m" + i, "{\"id\":" + i + "}"))));
          int refused = i;
          await().atMost(PATIENCE).until(() -> Kafka.read(letters).size() == refused);
        }
        List<Attempt> refused = api.attempts();
        api.answering((attempt, number) -> Answer.status(200));
        String first = refused.get(0).key().replace("\"", "");

        // When
        Result listed = replay(api, "--reason", "refused-by-api", "--dry-run");

        // Then
        assertEquals(0, listed.status(), listed.output());
        assertTrue(listed.output().contains("DONE: found=2, to replay=2"), listed.output());
        assertTrue(listed.output().contains(first + ": to replay"), listed.output());
        assertEquals(2, api.attempts().size());

        // When
        Result done = replay(api, "--id", first);
        Result again = replay(api, "--id", first);

        // Then
        assertEquals(List.of(0, 0), List.of(done.status(), again.status()));
        assertTrue(done.output().contains("found=1, to replay=0, replayed=1"), done.output());
        assertTrue(again.output().contains("replayed=0, already replayed=1"), again.output());
        assertEquals(3, api.attempts().size());
        assertEquals(refused.get(0).key(), api.attempts().get(2).key());
        assertEquals(refused.get(0).body(), api.attempts().get(2).body());

        // When
        Result bare = replay(api);
        Result unknown = replay(api, "--reason", "refused");

        // Then
        assertEquals(List.of(2, 2), List.of(bare.status(), unknown.status()));
        assertTrue(bare.output().contains("What is meant?"), bare.output());
        assertTrue(bare.output().contains("[--dry-run]"), bare.output());
        assertTrue(unknown.output().contains("There is no reason 'refused'"), unknown.output());
        assertEquals(3, api.attempts().size());
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("state/REPLAY"))));
        running.kill();
      }

      // When nobody runs, and after that somebody who finds the socket of who was killed
      Result alone = replay(api, "--all");
      try (JarProcess running = tributary(api.url()).start()) {
        await().atMost(PATIENCE).until(() -> running.output().contains("Consumer started"));
        Result all = replay(api, "--all");

        // Then
        assertEquals(1, alone.status());
        assertTrue(
            alone
                .output()
                .contains(
                    "no Tributary can be reached that runs on the state folder 'state' (Connection refused)"),
            alone.output());
        assertEquals(0, all.status(), all.output());
        assertTrue(all.output().contains("replayed=1, already replayed=1"), all.output());
        assertEquals(4, api.attempts().size());
        running.terminate();
        assertEquals(0, running.awaitExit(PATIENCE));
        assertTrue(Files.notExists(folder.resolve("state/REPLAY")));
      }
    }
  }

  private Result replay(RecordingApi api, String... options) throws Exception {
    JarProcess.Builder command =
        tributary(api.url()).set(Setting.MANAGEMENT_PORT, Ports.free()).argument("replay");
    List.of(options).forEach(command::argument);
    try (JarProcess process = command.start()) {
      return new Result(process.awaitExit(PATIENCE), process.output());
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
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3");
  }
}
