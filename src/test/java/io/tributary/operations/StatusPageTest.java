package io.tributary.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RunningTributary;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page, as a browser shows it. */
class StatusPageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final int port = Ports.free();

  @TempDir Path state;
  @TempDir Path profile;

  @Test
  void page_showsTheFlowAndWhyTheApiIsAway() throws Exception {
    String browser = browser();
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // Given
      sendTo(customers, "m1");
      await().atMost(PATIENCE).until(() -> api.applied().size() == 1);
      await().atMost(PATIENCE).until(() -> get("/observe/status").body().contains("EVT-"));

      // When
      String dom = dom(browser);

      // Then
      assertTrue(dom.contains(customers) && dom.contains(products), dom);
      assertTrue(dom.contains(api.applied().keySet().iterator().next().replace("\"", "")), dom);
      assertTrue(dom.contains(">Accepting<"), dom);
      assertTrue(dom.contains(">Ready<"), dom);

      // When
      api.answering((attempt, number) -> Answer.status(503));
      sendTo(products, "m2");
      await().atMost(PATIENCE).until(() -> get("/observe/status").body().contains("status 503"));
      String domWithoutApi = dom(browser);

      // Then
      assertTrue(domWithoutApi.contains(">Unavailable<"), domWithoutApi);
      assertTrue(domWithoutApi.contains(">status 503<"), domWithoutApi);
    }
  }

  @Test
  void textFromOutside_isNoMarkup() throws Exception {
    String browser = browser();
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // Given
      Answer moved = new Answer(301, Map.of("Location", "http://x/<i id=injected>"), "");
      api.answering((attempt, number) -> moved);
      sendTo(customers, "m1");
      await().atMost(PATIENCE).until(() -> get("/observe/status").body().contains("injected"));

      // When
      String dom = dom(browser);

      // Then
      assertTrue(dom.contains("&lt;i id=injected&gt;"), dom);
      assertFalse(dom.contains("<i id"), dom);
    }
  }

  @Test
  void page_runsNothingButItsOwnFiles() throws Exception {
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api)) {
      // When
      HttpResponse<String> page = get("/");

      // Then
      String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
      assertEquals(200, page.statusCode());
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      for (String file : List.of("/status.css", "/status.js")) {
        assertEquals(200, get(file).statusCode(), file);
        assertFalse(get(file).body().contains("http"), file);
        assertFalse(get(file).body().contains("innerHTML"), file);
      }
      assertEquals(200, get("/observe/health/live").statusCode());
      assertEquals(200, get("/observe/metrics").statusCode());
    }
  }

  private static String browser() {
    String found =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .flatMap(
                folder ->
                    Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> new File(folder, name)))
            .filter(File::canExecute)
            .map(File::getPath)
            .findFirst()
            .orElse("");
    assumeTrue(!found.isEmpty(), "No Chromium on the PATH: the page is not looked at in a browser");
    return found;
  }

  private String dom(String browser) throws Exception {
    File dom = profile.resolve("dom.html").toFile();
    Process process =
        new ProcessBuilder(
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + profile.resolve("data"),
                "--virtual-time-budget=5000",
                "--dump-dom",
                url("/").toString())
            .redirectOutput(dom)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "The browser hangs");
      return Files.readString(dom.toPath(), UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url(path)).timeout(PATIENCE).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  private static void sendTo(String topic, String id) {
    Kafka.send(List.of(new ProducerRecord<>(topic, Messages.message(id, "{\"id\":1}"))));
  }

  private RunningTributary tributary(RecordingApi api) throws Exception {
    return RunningTributary.with(state, Kafka.brokers(), api.url())
        .set(Setting.MANAGEMENT_PORT, port)
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.DEAD_LETTER_TOPIC, Kafka.topic("dead", 1))
        .set(Setting.KAFKA_GROUP_ID, customers)
        .start();
  }
}
