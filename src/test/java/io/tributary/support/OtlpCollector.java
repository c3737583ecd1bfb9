package io.tributary.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An OpenTelemetry collector as far as spans go: takes OTLP over HTTP, and reads of its Protobuf
 * what the tests ask for.
 */
public final class OtlpCollector implements AutoCloseable {
  /**
   * A span that arrived.
   *
   * @param parentId empty for the root of a trace
   * @param links the IDs of the linked spans' traces
   * @param events the names of the events, in order
   * @param failed whether its status is an error
   */
  public record SpanReceived(
      String traceId,
      String spanId,
      String parentId,
      String name,
      Set<String> links,
      List<String> events,
      boolean failed) {}

  private final HttpServer server;
  private final List<SpanReceived> spans = new ArrayList<>();

  public OtlpCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException("The test's collector cannot listen", e);
    }
    server.createContext("/v1/traces", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The spans so far. */
  public synchronized List<SpanReceived> spans() {
    return List.copyOf(spans);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      synchronized (this) {
        for (byte[] resource : fields(request, 1)) {
          for (byte[] scope : fields(resource, 2)) {
            fields(scope, 2).forEach(span -> spans.add(span(span)));
          }
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static SpanReceived span(byte[] span) {
    Set<String> links = new TreeSet<>();
    fields(span, 13).forEach(link -> links.add(hex(link, 1)));
    List<String> events = fields(span, 11).stream().map(event -> text(event, 2)).toList();
    boolean failed =
        fields(span, 15).stream()
            .flatMap(status -> fields(status, 3).stream())
            .anyMatch(code -> code[0] == 2);
    return new SpanReceived(
        hex(span, 1), hex(span, 2), hex(span, 4), text(span, 5), links, events, failed);
  }

  private static String hex(byte[] message, int field) {
    return fields(message, field).stream().map(HexFormat.of()::formatHex).findFirst().orElse("");
  }

  private static String text(byte[] message, int field) {
    return new String(fields(message, field).get(0), StandardCharsets.UTF_8);
  }

  /** The values of a field in a Protobuf message; of a number, its last byte. */
  private static List<byte[]> fields(byte[] message, int number) {
    List<byte[]> found = new ArrayList<>();
    ByteBuffer source = ByteBuffer.wrap(message);
    while (source.hasRemaining()) {
      long tag = varint(source);
      byte[] value =
          switch ((int) tag & 7) {
            case 0 -> new byte[] {(byte) varint(source)};
            case 1 -> new byte[Long.BYTES];
            case 2 -> new byte[(int) varint(source)];
            case 5 -> new byte[Integer.BYTES];
            default -> throw new IllegalStateException("Not Protobuf: tag " + tag);
          };
      if ((tag & 7) != 0) {
        source.get(value);
      }
      if (tag >> 3 == number) {
        found.add(value);
      }
    }
    return found;
  }

  private static long varint(ByteBuffer source) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = source.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
