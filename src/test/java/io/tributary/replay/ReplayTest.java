package io.tributary.replay;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.operations.Ledger;
import io.tributary.replay.ReplayRun.State;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RunningTributary;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters sent back by the MBean, with a real broker and a real HTTP server. */
class ReplayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private final String customers = Kafka.topic("customers", 2);
  private final String products = Kafka.topic("products", 1);
  private String letters = Kafka.topic("dead", 1);
  private final int port = Ports.free();

  @TempDir Path state;

  @Test
  void refusedBatches_reachTheApiOnceWithTheirBytesAndKeys() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given two batches that were refused
      RecordingApi.Attempt first;
      RecordingApi.Attempt second;
      try (RunningTributary running = tributary(api)) {
        first = refused(api, running, "m1");
        second = refused(api, running, "m2");

        // When
        String listed = replay("refused-by-api", "", "", "", true);

        // Then
        assertTrue(listed.contains("DONE: found=2, to replay=2, replayed=0"), listed);
        assertTrue(listed.contains(eventId(first)), listed);
        assertEquals(2, api.attempts().size(), "a dry run sends nothing");

        // When it is refused once more
        String again = replay("", "", "", eventId(first), false);

        // Then it stays the one dead letter, and is not taken for replayed
        assertTrue(again.contains("replayed=0, already replayed=0, unusable=0, refused=1"), again);
        assertEquals(2, Kafka.read(letters).size());

        // When
        api.answering((attempt, number) -> Answer.status(200));
        String done = replay("", "", "", eventId(second), false);

        // Then
        assertTrue(done.contains("DONE: found=1, to replay=0, replayed=1"), done);
        assertSame(second, api.attempts().get(3));
      }

      // When, after a restart, all of them are replayed, twice, and compressed now
      try (RunningTributary running =
          builder(api, state).set(Setting.ANALYTICS_API_GZIP, true).start()) {
        String done = replay("", "", "", "", false);
        String twice = replay("", "", "", "", false);

        // Then
        assertTrue(done.contains("found=2, to replay=0, replayed=1, already replayed=1"), done);
        assertTrue(twice.contains("found=2, to replay=0, replayed=0, already replayed=2"), twice);
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
        assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());
      }
    }
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
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {

      // When
      String done = replay("not-json", "", "", "", false);

      // Then
      assertTrue(done.contains("found=4, to replay=0, replayed=1, already replayed=1"), done);
      assertTrue(done.contains("unusable, still so: the value is not JSON"), done);
      assertTrue(done.contains("unusable, its topic is not read"), done);
      await().atMost(PATIENCE).until(() -> api.applied().size() == 1);
      assertEquals(1, Kafka.read(customers).size());
      assertEquals(1, Kafka.read(customers).get(0).partition());
      assertEquals("key", new String(Kafka.read(customers).get(0).key(), UTF_8));
      assertEquals(0, running.bean("ledger", Ledger.class).unaccounted());

      // When
      String twice = replay("not-json", "", "", "m1", false);

      // Then
      assertTrue(twice.contains("found=2, to replay=0, replayed=0, already replayed=2"), twice);
      assertEquals(5, Kafka.read(letters).size(), "it does not grow");

      // When
      Instant written = Instant.ofEpochMilli(Kafka.read(letters).get(0).timestamp());
      String before = replay("", "", written.minusMillis(1).toString(), "", true);
      String then = replay("", written.toString(), written.toString(), customers + "-1@7", true);
      String later = replay("", written.plusSeconds(600).toString(), "", "", true);

      // Then
      assertTrue(before.contains("found=0"), before);
      assertTrue(then.contains("found=1") || then.contains("found=2"), then);
      assertTrue(later.contains("found=0"), later);
    }
  }

  @Test
  void apiThatGoesAwayInTheMiddle_endsTheReplayWhichThenGoesOn() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // Given
      refused(api, running, "m1");
      refused(api, running, "m2");
      api.answering((attempt, number) -> Answer.status(number == 3 ? 200 : 503));

      // When
      replay("", "", "", "", false);
      await().atMost(PATIENCE).until(() -> !"RUNNING".equals(attribute("State")));

      // Then after one retry
      assertEquals("FAILED", attribute("State"));
      assertEquals(1, attribute("Replayed"));
      String why = String.valueOf(attribute("Message"));
      assertTrue(why.contains("statusCode: 503") && why.endsWith("start it again"), why);
      assertEquals(5, api.attempts().size());

      // When
      api.answering((attempt, number) -> Answer.status(200));
      String done = replay("", "", "", "", false);

      // Then
      assertTrue(done.contains("replayed=1, already replayed=1"), done);
      assertEquals(2, api.applied().size());
    }
  }

  @Test
  void commandThatIsInterrupted_endsItsReplayAfterTheLetterThatItIsAt() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // Given an API that takes long for the first of two
      refused(api, running, "m1");
      refused(api, running, "m2");
      api.answering(
          (attempt, number) -> {
            interrupted.await();
            return Answer.status(200);
          });
      Replay replay = running.bean("replay", Replay.class);
      UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(ReplaySocket.file(state));
      try (SocketChannel command = SocketChannel.open(socket);
          DataOutputStream out = new DataOutputStream(Channels.newOutputStream(command))) {
        new ReplayRequest("", "", "", "", false).write(out);
        await().atMost(PATIENCE).until(() -> api.attempts().size() == 3);

        // When another one is asked for
        List<String> said = new ArrayList<>();
        boolean done = ReplayCommand.run(state, List.of("--all"), said::add);

        // Then
        assertFalse(done);
        assertTrue(said.get(0).startsWith("Not before this one has ended: Replay RUNNING"));
      }

      // When the first one is no longer there
      await().atMost(PATIENCE).until(() -> replay.run().isStopped());
      interrupted.countDown();

      // Then
      await().atMost(PATIENCE).until(() -> replay.run().state() == State.STOPPED);
      assertEquals(1, replay.run().count(ReplayRun.Outcome.REPLAYED));
      assertEquals(3, api.attempts().size());
    } finally {
      interrupted.countDown();
    }
  }

  @Test
  void folderWithANameTooLongForASocket_hasNoCommandAndAllElse() throws Exception {
    // Given
    Path folder = Files.createDirectories(state.resolve("x".repeat(120)));
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api, folder)) {
      refused(api, running, "m1");

      // When
      Exception failure =
          assertThrows(
              IOException.class, () -> ReplayCommand.run(folder, List.of("--all"), line -> {}));
      String listed = replay("", "", "", "", true);

      // Then
      assertTrue(
          String.valueOf(failure.getMessage()).contains("can be reached"), failure.toString());
      assertTrue(listed.contains("DONE: found=1, to replay=1"), listed);
    }
  }

  @Test
  void whatCannotBeReplayed_isSaid() throws Exception {
    // Given
    letters = customers + "-none";
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {

      // When
      String absent = replay("", "", "", "", false);

      // Then
      assertTrue(absent.contains("FAILED"), absent);
      assertTrue(absent.contains("the topic " + letters + " does not exist"), absent);
      assertTrue(refusal("no-such-reason", "").contains("tombstone, empty, not-utf8"));
      assertTrue(refusal("", "yesterday").contains("'from' is 'yesterday'; a time as 2024-"));
    }
  }

  @Test
  void brokersThatDoNotAnswer_areNamedWithinSeconds() {
    // Given
    Properties client = new Properties();
    client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1,127.0.0.1:2");
    Properties nowhere = new Properties();
    nowhere.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere.invalid:9093");

    // When
    Exception failure =
        assertTimeout(
            Duration.ofSeconds(8),
            () ->
                assertThrows(
                    ReplayException.class, () -> new LetterReader(client, letters, () -> false)));
    Exception unknown =
        assertThrows(ReplayException.class, () -> new LetterReader(nowhere, letters, () -> false));

    // Then
    assertEquals("no broker answers at 127.0.0.1:1,127.0.0.1:2", failure.getMessage());
    assertTrue(
        String.valueOf(unknown.getMessage()).startsWith("Kafka at nowhere.invalid:9093: No resolv"),
        unknown.getMessage());
  }

  private String refusal(String reason, String from) {
    Exception refused =
        assertThrows(MBeanException.class, () -> replay(reason, from, "", "", true));
    return String.valueOf(refused.getCause());
  }

  private static List<String> troubles(RunningTributary running) {
    return HealthCheckHelper.invoke(running.context()).stream()
        .filter(result -> result.getState() != HealthCheck.State.UP)
        .map(String::valueOf)
        .toList();
  }

  /** A batch that the API has refused; the POST. */
  private RecordingApi.Attempt refused(RecordingApi api, RunningTributary running, String id) {
    int before = api.attempts().size();
    api.answering((attempt, number) -> Answer.status(422));
    Kafka.send(List.of(new ProducerRecord<>(customers, message(id, "{\"id\":\"" + id + "\"}"))));
    Store store = running.bean("mergeStore", Store.class);
    await()
        .atMost(PATIENCE)
        .until(() -> api.attempts().size() == before + 1 && store.pendingCount() == 0);
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

  private String replay(String reason, String from, String to, String id, boolean dry)
      throws Exception {
    String text = String.class.getName();
    String report =
        (String)
            SERVER.invoke(
                bean(),
                "replay",
                new Object[] {reason, from, to, id, dry},
                new String[] {text, text, text, text, "boolean"});
    if (report.contains(" RUNNING: ")) {
      await().atMost(PATIENCE).until(() -> !"RUNNING".equals(attribute("State")));
      return (String) SERVER.invoke(bean(), "report", new Object[0], new String[0]);
    }
    return report;
  }

  private Object attribute(String name) throws Exception {
    return SERVER.getAttribute(bean(), name);
  }

  private ObjectName bean() throws Exception {
    return new ObjectName(
        "org.apache.camel:context=tributary-" + port + ",type=tributary,name=Replay");
  }

  private RunningTributary tributary(RecordingApi api) throws Exception {
    return tributary(api, state);
  }

  private RunningTributary tributary(RecordingApi api, Path folder) throws Exception {
    return builder(api, folder).start();
  }

  private RunningTributary.Builder builder(RecordingApi api, Path folder) {
    return RunningTributary.with(folder, Kafka.brokers(), api.url())
        .set(Setting.MANAGEMENT_PORT, port)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3")
        .set(Setting.MAX_RETRIES, 1)
        .set(Setting.RETRY_BACKOFF_BASE, "0.2")
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.DEAD_LETTER_TOPIC, letters)
        .set(Setting.KAFKA_GROUP_ID, customers);
  }
}
