package io.tributary.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalDouble;

/** The management port of a running Tributary on the loopback address. */
public record Management(int port) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** The body of an answer, whatever its status. */
  public String get(String path) throws IOException, InterruptedException {
    return answer(path).body();
  }

  public int status(String path) throws IOException, InterruptedException {
    return answer(path).statusCode();
  }

  private HttpResponse<String> answer(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  /** A metric without labels; empty when nobody answers, or not yet with this metric. */
  public OptionalDouble figure(String metric) {
    try {
      return get("/observe/metrics")
          .lines()
          .filter(line -> line.startsWith(metric + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
          .findFirst();
    } catch (IOException e) {
      return OptionalDouble.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalDouble.empty();
    }
  }
}
