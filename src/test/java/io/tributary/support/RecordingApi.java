package io.tributary.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import io.tributary.demo.LocalServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP server in the API's place: keeps every attempt, answers as it is told, and honours
 * the key: a batch is applied once.
 */
public final class RecordingApi implements AutoCloseable {
  /**
   * One POST that arrived.
   *
   * @param clientPort the other end of the connection that it came on
   * @param raw the bytes on the wire
   * @param body what they say, decompressed if need be
   */
  public record Attempt(
      long nanoTime,
      String path,
      String key,
      Map<String, List<String>> headers,
      int clientPort,
      byte[] raw,
      String body) {
    /** A header that is there once; an empty text when it is missing. */
    public String header(String name) {
      return String.join("|", headers.getOrDefault(name, List.of()));
    }
  }

  /** What to say to an attempt; without a status the connection is cut. */
  public record Answer(int status, Map<String, String> headers, String body) {
    public static Answer status(int status) {
      return new Answer(status, Map.of(), "{\"answer\":" + status + "}");
    }

    public static Answer cut() {
      return new Answer(0, Map.of(), "");
    }

    /** The batch is applied, and the connection is cut before the answer. */
    public static Answer appliedButCut() {
      return new Answer(-1, Map.of(), "");
    }
  }

  /** Decides what to say. */
  @FunctionalInterface
  public interface Script {
    Answer answer(Attempt attempt, int number) throws InterruptedException;
  }

  private final LocalServer server;
  private final List<Attempt> attempts = new ArrayList<>();
  private final Map<String, String> applied = new LinkedHashMap<>();
  private volatile Script script = (attempt, number) -> Answer.status(200);

  public RecordingApi() {
    this(0);
  }

  public RecordingApi(int port) {
    this(port, null);
  }

  /** Over TLS. */
  public static RecordingApi overTls(HttpsConfigurator tls) {
    return new RecordingApi(0, tls);
  }

  private RecordingApi(int port, @Nullable HttpsConfigurator tls) {
    server = new LocalServer("The test's API", port, tls, this::handle);
  }

  public String url() {
    return server.url();
  }

  /** From now on, answers as the script says. */
  public void answering(Script newScript) {
    script = newScript;
  }

  /** Every attempt so far, in order. */
  public synchronized List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** The batches that were applied, by key, in order. */
  public synchronized Map<String, String> applied() {
    return new LinkedHashMap<>(applied);
  }

  /** The server takes the end of the connection for the end of the body. */
  private static boolean isCutOff(HttpExchange exchange, byte[] raw) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return length != null && raw.length < Long.parseLong(length);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] raw = exchange.getRequestBody().readAllBytes();
      if (isCutOff(exchange, raw)) {
        return; // its sender has died
      }
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      String body = new String(gzip ? decompressed(raw) : raw, StandardCharsets.UTF_8);
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      Attempt attempt =
          new Attempt(
              System.nanoTime(),
              exchange.getRequestURI().toString(),
              String.valueOf(key),
              Map.copyOf(exchange.getRequestHeaders()),
              exchange.getRemoteAddress().getPort(),
              raw,
              body);
      int number;
      synchronized (this) {
        attempts.add(attempt);
        number = attempts.size();
      }
      Answer answer = script.answer(attempt, number);
      if (answer.status() == -1 || answer.status() / 100 == 2) {
        synchronized (this) {
          applied.putIfAbsent(attempt.key(), body);
        }
      }
      if (answer.status() <= 0) {
        return;
      }
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] decompressed(byte[] raw) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
