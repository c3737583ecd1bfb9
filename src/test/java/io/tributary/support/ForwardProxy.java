package io.tributary.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real proxy: tunnels by CONNECT, and passes on what is in the clear, once a connection. */
public final class ForwardProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final String login;
  private volatile int refusal;

  /** One that asks for a user and a password; for neither when that is empty. */
  public ForwardProxy(String login) throws IOException {
    this.login = Base64.getEncoder().encodeToString(login.getBytes(ISO_8859_1));
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** What it was asked for, each with all headers. */
  public List<String> heads() {
    return heads;
  }

  /** From now on, answers everything with this status. */
  public void refusing(int status) {
    refusal = status;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        threads.execute(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      heads.add(head);
      String[] line = head.split("[ \r]");
      if (refusal != 0) {
        say(client, "HTTP/1.1 " + refusal + " Refused");
      } else if (!login.isEmpty() && !head.contains("Proxy-Authorization: Basic " + login)) {
        say(client, "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"proxy\"");
      } else if (line[0].equals("CONNECT")) {
        String[] target = line[1].split(":");
        try (Socket server = new Socket(target[0], Integer.parseInt(target[1]))) {
          client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
          pipe(client, server);
        }
      } else {
        URI target = URI.create(line[1]);
        try (Socket server = new Socket(target.getHost(), target.getPort())) {
          String passed =
              head.replace(line[1], target.getRawPath())
                  .replaceFirst("Proxy-Authorization: .*\r\n", "")
                  .replaceFirst("Connection: .*\r\n", "Connection: close\r\n");
          server.getOutputStream().write(passed.getBytes(ISO_8859_1));
          pipe(client, server);
        }
      }
    } catch (IOException hungUp) {
      // The client sees that, too.
    }
  }

  private void pipe(Socket client, Socket server) throws IOException {
    threads.execute(
        () -> {
          try (Closeable other = server) {
            client.getInputStream().transferTo(server.getOutputStream());
          } catch (IOException hungUp) {
            // So has the other end.
          }
        });
    server.getInputStream().transferTo(client.getOutputStream());
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void say(Socket client, String head) throws IOException {
    OutputStream out = client.getOutputStream();
    out.write((head + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").getBytes(ISO_8859_1));
    client.shutdownOutput();
    // Or what it still sends would be answered with a reset, and the answer lost.
    client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    listening.close();
    threads.shutdownNow();
  }
}
