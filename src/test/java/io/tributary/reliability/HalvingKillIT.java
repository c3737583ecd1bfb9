package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.Rig;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGKILL while the API has the halves of a batch that it refused. */
@Tag("long")
@Tag("reliability")
class HalvingKillIT {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String deadLetters = rig.deadLetters();
  private final RecordingApi api = rig.api();

  @Test
  void kill_sendsOnlyTheUnansweredPartAgain() throws Exception {
    // Given a process that is killed at its second, fourth, sixth … POST, before the answer
    AtomicReference<JarProcess> process = new AtomicReference<>();
    api.answering(
        (attempt, number) -> {
          if (number % 2 == 0) {
            process.get().kill();
            return Answer.cut();
          }
          return Answer.status(attempt.body().contains("\"C5\"") ? 422 : 200);
        });
    Kafka.send(
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    new ProducerRecord<byte[], byte[]>(
                        customers, message("m" + i, "{\"id\":\"C" + i + "\"}")))
            .toList());

    // When
    for (int kills = 0; kills < 6; kills++) {
      start(process);
      await().until(() -> !process.get().isAlive());
    }
    start(process);
    await().until(() -> Kafka.lag(customers, customers) == 0);
    await().until(() -> api.attempts().size() == 13);
    process.get().close();

    // Then each attempt that was cut came again, with its bytes and key, and no other
    List<Attempt> attempts = api.attempts();
    for (int i = 1; i < attempts.size(); i += 2) {
      assertEquals(attempts.get(i).key(), attempts.get(i + 1).key());
      assertEquals(attempts.get(i).body(), attempts.get(i + 1).body());
    }
    assertEquals(7, attempts.stream().map(Attempt::key).distinct().count());
    assertEquals(
        IntStream.of(0, 1, 2, 3, 4, 6, 7).mapToObj(i -> "{\"id\":\"C" + i + "\"}").toList(),
        api.applied().values().stream()
            .flatMap(body -> Messages.records(body, "customers").stream())
            .toList());
    assertEquals(1, Kafka.read(deadLetters).size());
  }

  private void start(AtomicReference<JarProcess> process) throws Exception {
    process.set(rig.jar().set(Setting.MERGE_FLUSH_INTERVAL, 2).start());
  }
}
