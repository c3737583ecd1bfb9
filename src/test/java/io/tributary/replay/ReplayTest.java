package io.tributary.replay;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.Patience;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import io.tributary.support.RunningTributary.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Dead letters sent back by the command, beside what runs, with a real broker and a real HTTP
 * server.
 */
class ReplayTest {
  @RegisterExtension final Rig rig = new Rig(2, 1);
  private final String customers = rig.customers();
  private final String letters = rig.deadLetters();
  private final RecordingApi api = rig.api();
  private RunningTributary.Builder settings;

  @Test
  void refusedBatches_reachTheApiOnceWithTheirBytesAndKeys() throws Exception {
    // Given two batches that were refused
    RecordingApi.Attempt first;
    RecordingApi.Attempt second;
    try (RunningTributary running = tributary()) {
      first = refused(running, "m1");
      second = refused(running, "m2");

      // When
      String listed = replay("--reason", "refused-by-api", "--dry-run");

      // Then
      assertTrue(listed.contains("DONE: found=2, to replay=2, replayed=0"), listed);
      assertTrue(listed.contains(eventId(first)), listed);
      assertTrue(listed.contains("No earlier replay is remembered"), listed);
      assertEquals(2, api.attempts().size(), "a dry run sends nothing");

      // When it is refused once more
      String again = replay("--id", eventId(first));

      // Then it stays the one dead letter, and is not taken for replayed
      assertTrue(again.contains("replayed=0, already replayed=0, unusable=0, refused=1"), again);
      assertEquals(2, Kafka.read(letters).size());

      // When
      api.answering((attempt, number) -> Answer.status(200));
      String done = replay("--id", eventId(second));

      // Then
      assertTrue(done.contains("DONE: found=1, to replay=0, replayed=1"), done);
      assertSame(second, api.attempts().get(3));
    }

    // When, after a restart, all of them are replayed, twice, and compressed now
    RunningTributary running = settings.set(Setting.ANALYTICS_API_GZIP, true).start();
    String done = replay("--all");
    String twice = replay("--all");

    // Then
    assertTrue(done.contains("found=2, to replay=0, replayed=1, already replayed=1"), done);
    assertTrue(twice.contains("found=2, to replay=0, replayed=0, already replayed=2"), twice);
    assertFalse(twice.contains("No earlier replay is remembered"), twice);
    assertEquals(5, api.attempts().size());
    assertEquals(List.of(), troubles(running), "a route that rests is no trouble");
    RecordingApi.Attempt last = api.attempts().get(4);
    assertEquals(first.body(), last.body());
    assertEquals(first.key(), last.key());
    assertEquals(first.path(), last.path());
    Set<String> headers = new HashSet<>(first.headers().keySet());
    headers.add("Content-encoding");
    assertEquals(headers, last.headers().keySet());
    assertEquals("gzip", last.header("Content-encoding"));
    assertEquals("application/json", last.header("Content-type"));
    assertEquals(0, running.ledger().unaccounted());
  }

  @Test
  void records_goThroughTheIntakeOnceIfTheyCanBeUsedNow() throws Exception {
    // Given one that can be used now, twice, as after a crash; one that cannot; and a forged one
    Kafka.send(
        List.of(
            letter(customers, 1, 7, message("m1", "{\"id\":\"C1\"}")),
            letter(customers, 1, 7, message("m1", "{\"id\":\"C1\"}")),
            letter(customers, 0, 3, "still not JSON".getBytes(UTF_8)),
            letter(letters, 0, 0, message("m2", "{\"id\":\"C2\"}")),
            new ProducerRecord<>(letters, "no dead letter at all".getBytes(UTF_8))));
    RunningTributary running = tributary();
    // When
    String done = replay("--reason", "not-json");

    // Then
    assertTrue(done.contains("found=4, to replay=0, replayed=1, already replayed=1"), done);
    assertTrue(done.contains("unusable, still so: the value is not JSON"), done);
    assertTrue(done.contains("unusable, its topic is not read"), done);
    await().until(() -> api.applied().size() == 1);
    assertEquals(1, Kafka.read(customers).size());
    assertEquals(1, Kafka.read(customers).get(0).partition());
    assertEquals("key", new String(Kafka.read(customers).get(0).key(), UTF_8));
    assertEquals(0, running.ledger().unaccounted());

    // When
    String twice = replay("--reason", "not-json", "--id", "m1");

    // Then
    assertTrue(twice.contains("found=2, to replay=0, replayed=0, already replayed=2"), twice);
    assertEquals(5, Kafka.read(letters).size(), "it does not grow");

    // When
    Instant written = Instant.ofEpochMilli(Kafka.read(letters).get(0).timestamp());
    String before = replay("--to", written.minusMillis(1).toString(), "--dry-run");
    String then =
        replay(
            "--from",
            written.toString(),
            "--to",
            written.toString(),
            "--id",
            customers + "-1@7",
            "--dry-run");
    String later = replay("--from", written.plusSeconds(600).toString(), "--dry-run");

    // Then
    assertTrue(before.contains("found=0"), before);
    assertTrue(then.contains("found=1") || then.contains("found=2"), then);
    assertTrue(later.contains("found=0"), later);
  }

  @Test
  void apiThatGoesAwayInTheMiddle_endsTheReplayWhichThenGoesOn() throws Exception {
    RunningTributary running = tributary();
    // Given
    refused(running, "m1");
    refused(running, "m2");
    api.answering((attempt, number) -> Answer.status(number == 3 ? 200 : 503));

    // When
    Result failed = settings.command("replay", "--all");

    // Then after one retry
    assertEquals(1, failed.status());
    assertTrue(failed.output().contains("FAILED: found=1, to replay=0, replayed=1"));
    assertTrue(failed.output().contains("statusCode: 503"), failed.output());
    assertTrue(failed.output().strip().endsWith("start it again"), failed.output());
    assertEquals(5, api.attempts().size());

    // When
    api.answering((attempt, number) -> Answer.status(200));
    String done = replay("--all");

    // Then
    assertTrue(done.contains("replayed=1, already replayed=1"), done);
    assertEquals(2, api.applied().size());
  }

  @Test
  void whatAFilterHasPassedOver_isSentLater() throws Exception {
    // Given three refused batches, and one record that cannot be used, which stands before them
    Kafka.send(List.of(letter(customers, 0, 3, "still not JSON".getBytes(UTF_8))));
    String group = customers + "-replay";
    RunningTributary running = tributary();
    List<RecordingApi.Attempt> refused = new ArrayList<>();
    for (String id : List.of("m1", "m2", "m3")) {
      refused.add(refused(running, id));
    }

    // When two of them are still refused
    api.answering((attempt, n) -> Answer.status(attempt.body().contains("m2") ? 200 : 422));
    String some = replay("--reason", "refused-by-api");

    // Then the others wait
    assertTrue(some.contains("DONE: found=3, to replay=0, replayed=1"), some);
    assertTrue(some.contains("refused=2"), some);
    assertTrue(some.contains("refused, status 422"), some);
    assertEquals(4, Kafka.lag(group, letters));

    // When
    api.answering((attempt, number) -> Answer.status(200));
    String first = replay("--id", eventId(refused.get(0)));
    String all = replay("--all");
    String none = replay("--all");

    // Then each is sent once, and the one that stays holds the committed offset down
    assertTrue(first.contains("found=1, to replay=0, replayed=1"), first);
    assertTrue(
        all.contains("found=4, to replay=0, replayed=1, already replayed=2, unusable=1"), all);
    assertTrue(none.contains("replayed=0, already replayed=3, unusable=1"), none);
    assertEquals(8, api.attempts().size());
    assertEquals(3, api.applied().size());
    assertEquals(4, Kafka.lag(group, letters));
  }

  @Test
  void secondReplay_takesOverFromTheFirst() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    try (RunningTributary running = tributary()) {
      // Given an API that takes long for the first of two
      refused(running, "m1");
      refused(running, "m2");
      api.answering(
          (attempt, number) -> {
            if (number == 3) {
              waiting.await();
            }
            return Answer.status(200);
          });
      CompletableFuture<Result> first =
          CompletableFuture.supplyAsync(() -> settings.command("replay", "--all"));
      await().until(() -> api.attempts().size() == 3);

      // When
      Result second = settings.command("replay", "--all");
      waiting.countDown();

      // Then
      assertEquals(0, second.status(), second.output());
      assertTrue(second.output().contains("DONE: found=2, to replay=0, replayed=2"));
      assertEquals(1, first.join().status());
      assertTrue(first.join().output().contains("FAILED: found=0"), first.join().output());
      assertTrue(first.join().output().contains("another replay has taken over"));
      assertEquals(5, api.attempts().size());
      assertEquals(2, api.applied().size());
    } finally {
      waiting.countDown();
    }
  }

  @Test
  void topicThatDoesNotExist_isSaid() throws Exception {
    // Given
    String none = customers + "-none";
    settings = builder().set(Setting.DEAD_LETTER_TOPIC, none);

    // When
    Result absent = settings.command("replay", "--all");

    // Then
    assertEquals(1, absent.status());
    assertTrue(absent.output().contains("FAILED"), absent.output());
    assertTrue(absent.output().contains("the topic " + none + " does not exist"));
  }

  @Test
  void brokersThatDoNotAnswer_areNamedWithinSeconds() throws Exception {
    // Given
    settings = builder().set(Setting.KAFKA_BOOTSTRAP_SERVERS, "127.0.0.1:1,127.0.0.1:2");

    // When
    Result absent = assertTimeout(Patience.LIMIT, () -> settings.command("replay", "--dry-run"));
    settings.set(Setting.KAFKA_BOOTSTRAP_SERVERS, "nowhere.invalid:9093");
    Result unknown = settings.command("replay", "--all");

    // Then
    assertEquals(List.of(1, 1), List.of(absent.status(), unknown.status()));
    assertTrue(
        absent.output().contains("Kafka at 127.0.0.1:1,127.0.0.1:2: no broker answers"),
        absent.output());
    assertTrue(
        unknown.output().contains("Kafka at nowhere.invalid:9093: No resolv"), unknown.output());
  }

  private static List<String> troubles(RunningTributary running) {
    return HealthCheckHelper.invoke(running.context()).stream()
        .filter(result -> result.getState() != HealthCheck.State.UP)
        .map(String::valueOf)
        .toList();
  }

  /** A batch that the API has refused; the POST. */
  private RecordingApi.Attempt refused(RunningTributary running, String id) {
    int before = api.attempts().size();
    api.answering((attempt, number) -> Answer.status(422));
    Kafka.send(List.of(new ProducerRecord<>(customers, message(id, "{\"id\":\"" + id + "\"}"))));
    Store store = running.store();
    await().until(() -> api.attempts().size() == before + 1 && store.pendingCount() == 0);
    return api.attempts().get(before);
  }

  private ProducerRecord<byte[], byte[]> letter(
      String topic, int partition, long offset, byte[] value) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(letters, "key".getBytes(UTF_8), value);
    letter.headers().add("tributary.reason", "not-json".getBytes(UTF_8));
    letter.headers().add("tributary.source.topic", topic.getBytes(UTF_8));
    letter.headers().add("tributary.source.partition", text(partition));
    letter.headers().add("tributary.source.offset", text(offset));
    letter.headers().add("tributary.source.timestamp", text(1_707_388_200_000L));
    return letter;
  }

  private static byte[] text(long number) {
    return String.valueOf(number).getBytes(UTF_8);
  }

  private static void assertSame(RecordingApi.Attempt expected, RecordingApi.Attempt actual) {
    assertEquals(expected.body(), actual.body());
    assertEquals(expected.key(), actual.key());
    assertEquals(expected.path(), actual.path());
    assertEquals(expected.headers().keySet(), actual.headers().keySet());
  }

  private static String eventId(RecordingApi.Attempt attempt) {
    return attempt.key().replace("\"", "");
  }

  private String replay(String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add(0, "replay");
    Result result = settings.command(arguments.toArray(String[]::new));
    assertEquals(0, result.status(), result.output());
    return result.output();
  }

  private RunningTributary tributary() throws Exception {
    settings = builder();
    return settings.start();
  }

  private RunningTributary.Builder builder() {
    return rig.tributary()
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3")
        .set(Setting.MAX_RETRIES, 1)
        .set(Setting.RETRY_BACKOFF_BASE, "0.2");
  }
}
