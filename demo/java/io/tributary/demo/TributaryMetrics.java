package io.tributary.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Tributary's figures, as a monitoring system reads them. */
final class TributaryMetrics {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final List<String> lines;

  private TributaryMetrics(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Reads them once.
   *
   * @throws IOException when there is no answer
   */
  static TributaryMetrics read(HttpClient client, URI address)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(TIMEOUT).build();
    return new TributaryMetrics(
        client.send(request, BodyHandlers.ofString()).body().lines().toList());
  }

  /** The sum of a meter's samples, of those only that have the label; 0 when there is none. */
  long sum(String meter, String label) {
    return lines.stream()
        .filter(line -> line.startsWith(meter) && line.contains(label))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
