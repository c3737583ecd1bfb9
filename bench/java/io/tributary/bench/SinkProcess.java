package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * The API's place, in a process of its own that ends when its standard input does: answers 200 to
 * each POST, and counts what it holds. {@code GET /figures} tells them, {@code DELETE /figures}
 * begins anew.
 */
public final class SinkProcess {
  private Tally tally = new Tally();

  private SinkProcess() {}

  /** Takes the file to say its address in. */
  public static void main(String[] args) throws IOException {
    SinkProcess sink = new SinkProcess();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    // One thread: figures are told after all batches that came before the question are counted.
    server.setExecutor(Executors.newSingleThreadExecutor());
    server.createContext("/api/analytics/data", sink::take);
    server.createContext("/figures", sink::figures);
    server.start();
    Child.sayReady(Path.of(args[0]), "http://127.0.0.1:" + server.getAddress().getPort());
    while (System.in.read() >= 0) {
      // nothing to be told
    }
    System.exit(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body;
    try (exchange) {
      body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, -1);
    }
    tally.add(body, System.currentTimeMillis());
  }

  private void figures(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("DELETE")) {
        tally = new Tally();
      }
      byte[] json = new ObjectMapper().writeValueAsString(tally.figures()).getBytes(UTF_8);
      exchange.sendResponseHeaders(200, json.length);
      exchange.getResponseBody().write(json);
    }
  }
}
