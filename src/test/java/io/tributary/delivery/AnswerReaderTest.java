package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of an API that answers in ways of its own. */
class AnswerReaderTest {
  /** More than the sockets in between hold. */
  private static final int LARGE = 30_000_000;

  private final ExecutorService server = Executors.newSingleThreadExecutor();
  private ServerSocket listening;

  @TempDir Path state;

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listening.close();
    server.shutdownNow();
  }

  @Test
  void answerBeforeTheRequestIsRead_isReadAlthoughTheApiHangsUp() throws Exception {
    // Given an API that reads the head of a request, refuses it and is gone
    server.submit(
        () -> {
          while (true) {
            try (Socket connection = listening.accept()) {
              readHead(connection.getInputStream());
              say(connection, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0");
            }
          }
        });
    try (ApiCalls calls = ApiCalls.with(state, url(), Map.of())) {
      for (int call = 0; call < 5; call++) {

        // When
        String status = calls.post("EVT-" + call, "x".repeat(LARGE));

        // Then
        assertEquals("413", status);
      }
    }
  }

  @Test
  void interimAnswer_isNotTakenForTheAnswerAgain() throws Exception {
    // Given an API that says something on an open connection, and answers when it has read a body
    Semaphore saying = new Semaphore(0);
    Semaphore said = new Semaphore(0);
    server.submit(
        () -> {
          while (true) {
            try (Socket connection = listening.accept()) {
              while (true) {
                readHead(connection.getInputStream());
                connection.getInputStream().skipNBytes(LARGE);
                say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0");
                saying.acquire();
                say(connection, "HTTP/1.1 103 Early Hints");
                said.release();
              }
            } catch (IOException hungUp) {
              // The next call is on another connection.
            }
          }
        });
    Map<Setting, Integer> impatient = Map.of(Setting.ANALYTICS_API_TIMEOUT, 2);
    List<Boolean> taken = new ArrayList<>();
    try (ApiCalls calls = ApiCalls.with(state, url(), impatient)) {

      // When
      for (int call = 0; call < 4; call++) {
        boolean ok = calls.post("EVT-" + call, "x".repeat(LARGE)).equals("200");
        taken.add(ok);
        if (ok) {
          saying.release();
          said.acquire();
        }
      }
    }

    // Then
    assertEquals(List.of(true, false, true, true), taken);
  }

  @Test
  void answerWithAnUnusableContentType_keepsItsStatus() throws Exception {
    // Given
    List<String> types =
        List.of("text/plain; charset=utf8mb4", "text/plain;charset=", "a; charset='x y'", ";", "");
    server.submit(
        () -> {
          for (String type : types) {
            try (Socket connection = listening.accept()) {
              readHead(connection.getInputStream());
              say(
                  connection,
                  "HTTP/1.1 400 No\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: 0"
                      .formatted(type));
            }
          }
          return null;
        });
    try (ApiCalls calls = ApiCalls.with(state, url(), Map.of())) {
      for (String type : types) {

        // When
        String status = calls.post("EVT-1", "");

        // Then
        assertEquals("400", status, type);
      }
    }
  }

  private String url() {
    return "http://" + listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort();
  }

  private static void readHead(InputStream in) throws IOException {
    int newLines = 0;
    while (newLines < 2) {
      int next = in.read();
      newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
    }
  }

  private static void say(Socket connection, String head) throws IOException {
    connection.getOutputStream().write((head + "\r\n\r\n").getBytes(ISO_8859_1));
  }
}
