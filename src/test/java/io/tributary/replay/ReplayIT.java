package io.tributary.replay;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay by the packaged jar, over Jolokia as an operator starts it, killed in the middle. */
@Tag("long")
@Tag("reliability")
class ReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String letters = Kafka.topic("dead", 1);
  private final int port = Ports.free();

  @TempDir Path folder;

  @Test
  void killedReplay_goesOnAfterTheRestart() throws Exception {
    Files.writeString(folder.resolve("users.properties"), "user.ada = s3cret");
    CountDownLatch killed = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi()) {
      // Given five refused batches, and an API that takes the third replayed one for long
      try (JarProcess process = tributary(api.url())) {
        api.answering((attempt, number) -> Answer.status(422));
        for (int i = 1; i <= 5; i++) {
          Kafka.send(
              List.of(new ProducerRecord<>(customers, message("m" + i, "{\"id\":" + i + "}"))));
          int refused = i;
          await().atMost(PATIENCE).until(() -> Kafka.read(letters).size() == refused);
        }
        api.answering(
            (attempt, number) -> {
              if (number == 8) {
                killed.await();
                return Answer.appliedButCut();
              }
              return Answer.status(200);
            });
        String listed = replay(true);
        assertTrue(listed.contains("found=5, to replay=5"), listed);

        // When
        String begun = replay(false);
        await().atMost(PATIENCE).until(() -> api.attempts().size() == 8);
        process.kill();
        killed.countDown();
        assertTrue(begun.contains("Replay RUNNING"), begun);
      }
      await().atMost(PATIENCE).until(() -> api.applied().size() == 3);

      // Then
      try (JarProcess process = tributary(api.url())) {
        String done = replay(false);
        assertTrue(done.contains("DONE: found=5, to replay=0, replayed=3, already"), done);
        String twice = replay(false);
        assertTrue(twice.contains("replayed=0, already replayed=5"), twice);
      }
      List<Attempt> attempts = api.attempts();
      assertEquals(11, attempts.size());
      List<String> refused = attempts.subList(0, 5).stream().map(Attempt::key).toList();
      assertEquals(refused, List.copyOf(api.applied().keySet()));
      assertEquals(attempts.get(7).key(), attempts.get(8).key());
      assertEquals(attempts.get(7).body(), attempts.get(8).body());
      assertEquals(5, Kafka.read(letters).size());
    }
  }

  private String replay(boolean dry) throws Exception {
    String request =
        ("{'type':'exec','mbean':'org.apache.camel:context=tributary,type=tributary,name=Replay',"
                + "'operation':'replay','arguments':['refused-by-api','','','',%s]}")
            .formatted(dry)
            .replace('\'', '"');
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/jolokia/"))
            .timeout(PATIENCE)
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString("ada:s3cret".getBytes(UTF_8)))
            .POST(BodyPublishers.ofString(request))
            .build();
    String answer = HTTP.send(post, BodyHandlers.ofString()).body();
    return Messages.json(answer).path("value").asText(answer);
  }

  /** Once it answers. */
  private JarProcess tributary(String apiUrl) throws IOException {
    JarProcess process =
        JarProcess.in(folder)
            .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
            .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
            .set(Setting.KAFKA_INVENTORY_TOPIC, products)
            .set(Setting.KAFKA_GROUP_ID, customers)
            .set(Setting.DEAD_LETTER_TOPIC, letters)
            .set(Setting.ANALYTICS_API_BASE_URL, apiUrl)
            .set(Setting.MERGE_FLUSH_INTERVAL, "0.3")
            .set(Setting.MANAGEMENT_PORT, port)
            .set(Setting.MANAGEMENT_USERS_FILE, "users.properties")
            .set(Setting.JOLOKIA_WRITE, "on")
            .start();
    await().atMost(PATIENCE).until(() -> process.output().contains("Consumer started"));
    return process;
  }
}
