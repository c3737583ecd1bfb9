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
import io.tributary.support.Rig;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A replay by the packaged jar, killed in the middle. */
@Tag("long")
@Tag("reliability")
class ReplayIT {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String letters = rig.deadLetters();
  private final RecordingApi api = rig.api();

  @Test
  void killedReplay_isGoneOnWithByTheNext() throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    // Given five refused batches, and an API that takes the third replayed one for long
    try (JarProcess process = tributary().start()) {
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
      String listed = replay("--reason", "refused-by-api", "--dry-run");
      assertTrue(listed.contains("found=5, to replay=5"), listed);

      // When
      try (JarProcess begun = command("--reason", "refused-by-api").start()) {
        await().until(() -> api.attempts().size() == 8);
        begun.kill();
        killed.countDown();
      }
    }
    await().until(() -> api.applied().size() == 3);

    // Then
    String done = replay("--reason", "refused-by-api");
    assertTrue(done.contains("DONE: found=5, to replay=0, replayed=3, already"), done);
    String twice = replay("--reason", "refused-by-api");
    assertTrue(twice.contains("replayed=0, already replayed=5"), twice);
    List<Attempt> attempts = api.attempts();
    assertEquals(11, attempts.size());
    List<String> refused = attempts.subList(0, 5).stream().map(Attempt::key).toList();
    assertEquals(refused, List.copyOf(api.applied().keySet()));
    assertEquals(attempts.get(7).key(), attempts.get(8).key());
    assertEquals(attempts.get(7).body(), attempts.get(8).body());
    assertEquals(5, Kafka.read(letters).size());
  }

  private String replay(String... options) throws Exception {
    JarProcess process = command(options).start();
    assertEquals(0, process.awaitExit(), process.output());
    return process.output();
  }

  private JarProcess.Builder command(String... options) {
    JarProcess.Builder command = tributary().argument("replay");
    List.of(options).forEach(command::argument);
    return command;
  }

  private JarProcess.Builder tributary() {
    return rig.jar().set(Setting.MERGE_FLUSH_INTERVAL, "0.3");
  }
}
