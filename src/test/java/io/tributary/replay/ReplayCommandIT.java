package io.tributary.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A replay by the packaged jar while no Tributary runs. */
class ReplayCommandIT {
  @RegisterExtension final Rig rig = new Rig();
  private final RecordingApi api = rig.api();

  @Test
  void replay_isStoppedAfterALetter_andTheNextSendsTheRest() throws Exception {
    // Given two refused batches, and an API that takes the first one again for long
    Files.writeString(rig.folder().resolve("users.properties"), "user.ada = s3cret");
    Kafka.send(List.of(letter("EVT-1"), letter("EVT-2")));
    CountDownLatch stopping = new CountDownLatch(1);
    try {
      api.answering(
          (attempt, number) -> {
            stopping.await();
            return Answer.status(200);
          });

      // When
      try (JarProcess replay = replay()) {
        await().until(() -> api.attempts().size() == 1);
        replay.terminate();
        stopping.countDown();

        // Then
        assertEquals(143, replay.awaitExit(), replay.output());
        String said = replay.output();
        assertTrue(said.contains("Replay STOPPED: found=1, to replay=0, replayed=1"), said);
      }

      // When
      try (JarProcess replay = replay()) {

        // Then
        assertEquals(0, replay.awaitExit(), replay.output());
        String said = replay.output();
        assertTrue(said.contains("DONE: found=2, to replay=0, replayed=1, already"), said);
      }
      assertEquals(
          List.of("\"EVT-1\"", "\"EVT-2\""), api.attempts().stream().map(Attempt::key).toList());
      assertEquals("{\"eventId\":\"EVT-2\"}", api.attempts().get(1).body());
    } finally {
      stopping.countDown();
    }
  }

  private ProducerRecord<byte[], byte[]> letter(String eventId) {
    byte[] document = ("{\"eventId\":\"" + eventId + "\"}").getBytes(UTF_8);
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(rig.deadLetters(), eventId.getBytes(UTF_8), document);
    letter.headers().add("tributary.reason", "refused-by-api".getBytes(UTF_8));
    letter.headers().add("tributary.event.id", eventId.getBytes(UTF_8));
    return letter;
  }

  private JarProcess replay() throws IOException {
    return rig.jar()
        .argument("replay")
        .argument("--all")
        .set(Setting.MANAGEMENT_USERS_FILE, "users.properties")
        .set(Setting.JOLOKIA_WRITE, "on")
        .start();
  }
}
