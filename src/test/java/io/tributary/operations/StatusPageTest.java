package io.tributary.operations;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.Browser;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.Patience;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The status page, as a browser shows it. */
class StatusPageTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final int port = rig.management().port();

  private static @Nullable Browser shared;

  @TempDir static Path profile;

  /** One for all tests, with a page of its own for each. */
  private static Browser browser() {
    if (shared == null) {
      shared = Browser.open(profile);
    } else {
      shared.turnOver();
    }
    return shared;
  }

  @AfterAll
  static void close() {
    if (shared != null) {
      shared.close();
    }
  }

  @Test
  void page_showsTheFlowAndWhyTheApiIsAway_byItself() throws Exception {
    Browser browser = browser();
    rig.start();

    // Given
    browser.go(url("/"));
    sendTo(customers, "m1");

    // When
    await().until(() -> browser.text("batches").startsWith("EVT-"));

    // Then
    assertTrue(browser.text("streams").contains(customers), browser.text("streams"));
    assertTrue(browser.text("streams").contains(products), browser.text("streams"));
    String eventId = api.applied().keySet().iterator().next().replace("\"", "");
    assertTrue(browser.text("batches").contains(eventId), browser.text("batches"));
    assertEquals("Accepting", browser.text("api-state"));
    assertEquals("Ready", browser.text("verdict"));

    // When
    api.answering((attempt, number) -> Answer.status(503));
    sendTo(products, "m2");

    // Then
    await().until(() -> browser.text("api-state").equals("Unavailable"));
    assertEquals("status 503", browser.text("api-detail"));
    await().until(() -> browser.text("pending").equals("1"));
  }

  @Test
  void page_goesOnWhenTributaryIsThereAgain() throws Exception {
    Browser browser = browser();

    // Given
    try (RunningTributary running = rig.start()) {
      browser.go(url("/"));
      await().until(() -> browser.text("verdict").equals("Ready"));
    }
    await().until(() -> browser.text("lost").contains("not reachable since"));

    // When
    rig.start();
    sendTo(customers, "m1");

    // Then
    await().until(() -> browser.text("batches").startsWith("EVT-"));
    assertEquals("", browser.text("lost"));
    assertEquals("Ready", browser.text("verdict"));
  }

  @Test
  void page_isForPhonesAndKeyboards() throws Exception {
    Browser browser = browser();
    rig.start();

    // Given
    browser.go(url("/"));
    sendTo(customers, "m1");
    await().until(() -> browser.text("batches").startsWith("EVT-"));

    // When, then
    assertEquals(360, browser.widthOnPhone(360));
    assertEquals(320, browser.widthOnPhone(320));
    for (String link : List.of("Health", "Metrics", "This as JSON")) {
      browser.focused().sendKeys(Keys.TAB);
      assertEquals(link, browser.focused().getText());
    }
  }

  @Test
  void textFromOutside_isNoMarkup() throws Exception {
    Browser browser = browser();
    rig.start();

    // Given
    Answer moved = new Answer(301, Map.of("Location", "http://x/<i id=injected>"), "");
    api.answering((attempt, number) -> moved);
    browser.go(url("/"));

    // When
    sendTo(customers, "m1");

    // Then
    await().until(() -> browser.text("api-detail").contains("<i id=injected>"));
    assertTrue(browser.driver().findElements(By.id("injected")).isEmpty());
  }

  @Test
  void page_runsNothingButItsOwnFiles() throws Exception {
    rig.start();

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

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url(path)).timeout(Patience.LIMIT).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  private static void sendTo(String topic, String id) {
    Kafka.send(List.of(new ProducerRecord<>(topic, Messages.message(id, "{\"id\":1}"))));
  }
}
