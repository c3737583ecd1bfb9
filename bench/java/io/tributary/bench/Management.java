package io.tributary.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Tributary's management port. */
final class Management {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  Management(int port) {
    this.url = "http://127.0.0.1:" + port + "/observe/";
  }

  /** Whether readiness is UP; false also while nothing answers. */
  boolean isReady() throws IOException, InterruptedException {
    try {
      return get("health/ready").statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** The sum of a metric's samples whose labels contain a text; zero while nothing answers. */
  double sum(String metric, String label) throws IOException, InterruptedException {
    String text;
    try {
      text = get("metrics").body();
    } catch (ConnectException e) {
      return 0;
    }
    return text.lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** Completed batches that are not delivered. */
  int pendingBatches() throws IOException, InterruptedException {
    return (int) sum("tributary_pending_batches", "");
  }

  /** Messages that were merged into batches since the start. */
  long mergedMessages() throws IOException, InterruptedException {
    return (long) sum("tributary_events_total", "outcome=\"merged\"");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(30)).build();
    return http.send(request, BodyHandlers.ofString());
  }
}
