package io.tributary.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** What the runner asks of the {@link SinkProcess}. */
final class Sink {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;

  Sink(String url) {
    this.url = url;
  }

  String url() {
    return url;
  }

  /** Forgets what came so far. */
  void reset() throws IOException, InterruptedException {
    ask("DELETE");
  }

  Tally.Figures figures() throws IOException, InterruptedException {
    return ask("GET");
  }

  /**
   * Waits until that many records have come.
   *
   * @throws IllegalStateException when the program ends, or when nothing comes for a minute
   */
  void await(long records, Child program) throws IOException, InterruptedException {
    long before = -1;
    long silentSince = System.nanoTime();
    long now = figures().records();
    while (now < records) {
      if (now != before) {
        before = now;
        silentSince = System.nanoTime();
      } else if (System.nanoTime() - silentSince > Duration.ofMinutes(1).toNanos()) {
        throw new IllegalStateException(now + " of " + records + " records came, and no more");
      }
      program.requireRunning(Duration.ofMillis(100));
      now = figures().records();
    }
  }

  private Tally.Figures ask(String method) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/figures"))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build();
    return json.readValue(
        http.send(request, BodyHandlers.ofByteArray()).body(), Tally.Figures.class);
  }
}
