package io.tributary.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A server in the API's place whose every byte, and what it does after it, is the test's. */
public final class RawApi implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

  /**
   * A request that has arrived whole.
   *
   * @param connection on which it came, counted from 1
   * @param head its first line and its headers
   */
  public record Request(int connection, String head, String body) {}

  /** The connection on which a request came. */
  public static final class Connection {
    private final Socket socket;
    private final OutputStream out;

    private Connection(Socket socket, OutputStream out) {
      this.socket = socket;
      this.out = out;
    }

    public void say(String bytes) throws IOException {
      out.write(bytes.getBytes(ISO_8859_1));
    }

    /** Closes the socket; of TLS nothing is said. */
    public void hangUp() throws IOException {
      socket.close();
    }
  }

  /** What it does about a request. */
  @FunctionalInterface
  public interface Manners {
    void answer(Connection connection, int number) throws IOException;
  }

  private final ServerSocket listening;
  private final @Nullable SSLContext tls;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final String early;
  private final Manners manners;

  private RawApi(@Nullable SSLContext tls, String early, Manners manners) throws IOException {
    this.tls = tls;
    this.early = early;
    this.manners = manners;
    listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public static RawApi with(Manners manners) throws IOException {
    return new RawApi(null, "", manners);
  }

  public static RawApi overTls(SSLContext tls, Manners manners) throws IOException {
    return new RawApi(tls, "", manners);
  }

  /** Says something when it has read the head of a request, and waits for the body all the same. */
  public static RawApi saying(String early, Manners manners) throws IOException {
    return new RawApi(null, early, manners);
  }

  public String url() {
    return (tls == null ? "http" : "https") + "://127.0.0.1:" + listening.getLocalPort();
  }

  /** Every request so far, in order. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        int connection = connections.incrementAndGet();
        threads.execute(() -> serve(socket, connection));
      }
    } catch (IOException closed) {
      // As it was told to.
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      Socket spoken = tls == null ? socket : overTls(socket, tls);
      InputStream in = new BufferedInputStream(spoken.getInputStream());
      Connection connection = new Connection(socket, spoken.getOutputStream());
      while (!socket.isClosed()) {
        String head = head(in);
        connection.say(early);
        Matcher length = LENGTH.matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        requests.add(new Request(number, head, new String(body, ISO_8859_1)));
        manners.answer(connection, requests.size());
      }
    } catch (IOException hungUp) {
      // The client has had enough, or the test is over.
    }
  }

  private static Socket overTls(Socket socket, SSLContext tls) throws IOException {
    SSLSocket over = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, false);
    over.setUseClientMode(false);
    return over;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("No request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
