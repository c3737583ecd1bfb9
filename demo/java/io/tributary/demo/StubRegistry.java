package io.tributary.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry as far as a reader needs it: gives the schemas that it was given, as
 * Confluent's does, or answers what it is told to. Safe for several threads.
 */
public final class StubRegistry implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, JsonNode> schemas = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final LocalServer server;
  private volatile @Nullable Answer answer;

  /** What is said whatever was asked for; without a status nothing is, until it is closed. */
  private record Answer(int status, String body) {}

  /** One on any port that is free. */
  public StubRegistry() {
    this(0, null);
  }

  /**
   * @param port 0 for any that is free
   * @param tls null for plain HTTP
   */
  public StubRegistry(int port, @Nullable HttpsConfigurator tls) {
    server = new LocalServer("The schema registry", port, tls, this::handle);
  }

  /** Where it is. */
  public String url() {
    return server.url();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /**
   * Has a schema from now on.
   *
   * @param type null leaves it out, which means Avro
   * @param references a JSON array of those that it refers to; empty without any
   */
  public void add(int id, @Nullable String type, String schema, String references) {
    put("/schemas/ids/" + id, type, schema, references);
  }

  /** Has an Avro schema that others refer to. */
  public void addReferred(String subject, int version, String schema, String references) {
    put("/subjects/" + subject + "/versions/" + version, null, schema, references);
  }

  private void put(String path, @Nullable String type, String schema, String references) {
    ObjectNode answer = JSON.createObjectNode().put("schema", schema);
    if (type != null) {
      answer.put("schemaType", type);
    }
    try {
      if (!references.isEmpty()) {
        answer.set("references", JSON.readTree(references));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schemas.put(path, answer);
  }

  /** From now on answers this; with status 0 nothing at all. */
  public void answering(int status, String body) {
    answer = new Answer(status, body);
  }

  /** From now on answers as it should. */
  public void answering() {
    answer = null;
  }

  /** What it was asked for, each a path and what the asker said about itself. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** A value in the wire format. */
  public static byte[] framed(int id, byte[] body) {
    return ByteBuffer.allocate(1 + Integer.BYTES + body.length)
        .put((byte) 0)
        .putInt(id)
        .put(body)
        .array();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String who =
          Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Authorization"), "");
      asked.add((path + " " + who).strip());
      Answer told = answer;
      JsonNode schema = schemas.get(path);
      if (told != null && told.status() == 0) {
        closed.await();
      } else if (told != null) {
        send(exchange, told.status(), told.body());
      } else if (schema != null) {
        send(exchange, 200, schema.toString());
      } else {
        send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.close();
  }
}
