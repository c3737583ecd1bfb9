package io.tributary.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** What the runner asks of the {@link SinkProcess}. */
final class Sink {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private final String control;
  private final String url;

  private Sink(String control, String url) {
    this.control = control;
    this.url = url;
  }

  /** The sink that has said its two addresses. */
  static Sink at(String addresses) {
    int space = addresses.indexOf(' ');
    return new Sink(addresses.substring(0, space), addresses.substring(space + 1));
  }

  /** The base URL of the API. */
  String url() {
    return url;
  }

  /** Forgets what came so far. */
  void reset() throws IOException, InterruptedException {
    ask("POST", "/reset");
  }

  /** The API refuses connections. */
  void down() throws IOException, InterruptedException {
    ask("POST", "/down");
  }

  /** The API answers again. */
  void up() throws IOException, InterruptedException {
    ask("POST", "/up");
  }

  Tally.Figures figures() throws IOException, InterruptedException {
    return json.readValue(ask("GET", "/figures"), Tally.Figures.class);
  }

  List<Tally.Arrival> arrivals() throws IOException, InterruptedException {
    return List.of(json.readValue(ask("GET", "/arrivals"), Tally.Arrival[].class));
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

  private byte[] ask(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(control + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(30))
            .build();
    return http.send(request, BodyHandlers.ofByteArray()).body();
  }
}
