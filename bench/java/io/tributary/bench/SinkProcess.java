package io.tributary.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The API's place, in a process of its own that ends when its standard input does: answers 200 to
 * each POST, and counts what it holds. On another port it says what came, and takes orders.
 */
public final class SinkProcess {
  private static final ObjectMapper JSON = new ObjectMapper();

  // One thread: figures are told after all batches that came before the question are counted.
  private final Executor thread = Executors.newSingleThreadExecutor();
  private HttpServer api;
  private Tally tally = new Tally();

  private SinkProcess() throws IOException {
    api = server(0);
    serveApi();
  }

  private interface Order {
    Object carryOut() throws IOException;
  }

  /** Takes the file to say its addresses in: that for orders, and that of the API. */
  public static void main(String[] args) throws IOException {
    SinkProcess sink = new SinkProcess();
    HttpServer control = sink.server(0);
    control.createContext("/figures", exchange -> answer(exchange, () -> sink.tally.figures()));
    control.createContext("/arrivals", exchange -> answer(exchange, () -> sink.tally.arrivals()));
    control.createContext("/reset", exchange -> answer(exchange, sink::reset));
    control.createContext("/down", exchange -> answer(exchange, sink::down));
    control.createContext("/up", exchange -> answer(exchange, sink::up));
    control.start();
    Child.sayReady(Path.of(args[0]), address(control) + " " + address(sink.api));
    while (System.in.read() >= 0) {
      // nothing to be told
    }
    System.exit(0);
  }

  private HttpServer server(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(thread);
    return server;
  }

  private static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void serveApi() {
    api.createContext("/api/analytics/data", this::take);
    api.createContext("/counted", this::count);
    api.start();
  }

  private boolean reset() {
    tally = new Tally();
    return true;
  }

  private boolean down() {
    api.stop(0);
    return true;
  }

  private boolean up() throws IOException {
    api = server(api.getAddress().getPort());
    serveApi();
    return true;
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body;
    try (exchange) {
      body = exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, -1);
    }
    tally.add(body, System.currentTimeMillis());
  }

  /** A program that delivers nothing says what it has read: {@code /counted/customers/5000}. */
  private void count(HttpExchange exchange) throws IOException {
    URI uri = exchange.getRequestURI();
    try (exchange) {
      exchange.sendResponseHeaders(200, -1);
    }
    String path = uri.getPath();
    long records = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    tally.count(path.contains("/customers/"), records, System.currentTimeMillis());
  }

  private static void answer(HttpExchange exchange, Order order) throws IOException {
    try (exchange) {
      byte[] json = JSON.writeValueAsBytes(order.carryOut());
      exchange.sendResponseHeaders(200, json.length);
      exchange.getResponseBody().write(json);
    }
  }
}
