package io.tributary.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.support.Fault.Reading;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server on a raw socket in the API's place, with faults that no HTTP server has. Honours the
 * key: a batch is applied once. A connection is one attempt.
 */
public final class FaultyApi implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final Pattern KEY = Pattern.compile("(?i)\r\nidempotency-key: *([^\r]+)");

  /**
   * An attempt as far as it was read.
   *
   * @param key empty when it was not read
   * @param body what was read of it
   * @param taken bytes of the answer that the client, or the sockets between, have taken
   */
  public record Attempt(Fault fault, String key, String body, boolean whole, long taken) {}

  private final InetSocketAddress address;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final List<Attempt> attempts = new ArrayList<>();
  private final Map<String, String> applied = new LinkedHashMap<>();
  private volatile Fault fault = Fault.NONE;
  private @Nullable ServerSocket listening;

  public FaultyApi() {
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    listen();
  }

  public String url() {
    return "http://" + address.getHostString() + ":" + address.getPort();
  }

  /** From now on, each new attempt meets this fault. */
  public synchronized void fault(Fault next) {
    fault = next;
    if (next == Fault.REFUSED) {
      closeListening();
    } else if (listening == null) {
      listen();
    }
  }

  /** Every attempt so far, in the order of their connections. */
  public synchronized List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** The batches that were applied, by key, in order. */
  public synchronized Map<String, String> applied() {
    return new LinkedHashMap<>(applied);
  }

  /** The records of a section in the batches that were applied, in order. */
  public List<String> records(String section) {
    List<String> records = new ArrayList<>();
    applied().values().forEach(body -> records.addAll(Messages.records(body, section)));
    return records;
  }

  private synchronized void listen() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      // Small, so that a request that is not read stops its sender.
      socket.setReceiveBufferSize(16 * 1024);
      socket.bind(address);
      listening = socket;
      threads.execute(() -> accept(socket));
    } catch (IOException e) {
      throw new UncheckedIOException("The test's API cannot listen on " + address, e);
    }
  }

  private void accept(ServerSocket socket) {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.add(connection);
        threads.execute(() -> serve(connection));
      }
    } catch (IOException closed) {
      // As it was told to.
    }
  }

  private void serve(Socket connection) {
    Fault now = fault;
    int number = begin(now);
    try (connection) {
      if (now.reading() != Reading.NOTHING) {
        Attempt attempt = read(now, new BufferedInputStream(connection.getInputStream()));
        record(number, attempt);
      }
      now.reply(connection, new Taken(connection.getOutputStream(), number));
      if (now.reading() == Reading.HEAD) {
        connection.getInputStream().skipNBytes(Long.MAX_VALUE);
      }
    } catch (IOException hungUp) {
      // The client has had enough, or the test is over.
    } finally {
      connections.remove(connection);
    }
  }

  private synchronized int begin(Fault now) {
    attempts.add(new Attempt(now, "", "", false, 0));
    return attempts.size() - 1;
  }

  private synchronized void record(int number, Attempt attempt) {
    attempts.set(number, attempt);
    if (attempt.fault().applied() && attempt.whole()) {
      applied.putIfAbsent(attempt.key(), attempt.body());
    }
  }

  private synchronized void taken(int number, int bytes) {
    Attempt a = attempts.get(number);
    attempts.set(number, new Attempt(a.fault(), a.key(), a.body(), a.whole(), a.taken() + bytes));
  }

  /** Counts what goes out. */
  private final class Taken extends FilterOutputStream {
    private final int number;

    Taken(OutputStream out, int number) {
      super(out);
      this.number = number;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      taken(number, bytes.length);
    }
  }

  private static Attempt read(Fault now, InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("No request");
      }
      bytes.write(next);
      head = next == '\n' ? bytes.toString(ISO_8859_1) : "";
    }
    int length = Integer.parseInt(first(LENGTH, head));
    int wanted =
        switch (now.reading()) {
          case NOTHING, HEAD -> 0;
          case HALF -> length / 2;
          case ALL -> length;
        };
    byte[] body = in.readNBytes(wanted);
    return new Attempt(now, first(KEY, head), new String(body, UTF_8), body.length == length, 0);
  }

  private static String first(Pattern header, String head) {
    Matcher matcher = header.matcher(head);
    if (!matcher.find()) {
      throw new IllegalArgumentException("No " + header + " in " + head);
    }
    return matcher.group(1);
  }

  private void closeListening() {
    try {
      if (listening != null) {
        listening.close();
        listening = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    closeListening();
    for (Socket connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    threads.shutdownNow();
  }
}
