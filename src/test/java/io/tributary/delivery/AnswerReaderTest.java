package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import io.tributary.support.Certificates;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private Map<Setting, Object> listen(String scheme) throws Exception {
    if (scheme.equals("http")) {
      return Map.of();
    }
    listening.close();
    Certificates certificates = new Certificates(state);
    listening =
        certificates
            .server("server")
            .getSSLContext()
            .getServerSocketFactory()
            .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    return Map.of(
        Setting.ANALYTICS_API_TRUSTSTORE,
        certificates.trusting("server"),
        Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD,
        Certificates.PASSWORD);
  }

  /** What an API does when it has read the head of a request; then it hangs up. */
  @FunctionalInterface
  private interface Reply {
    void to(Socket connection) throws IOException, InterruptedException;
  }

  private void serve(Reply reply) {
    server.submit(
        () -> {
          while (!listening.isClosed()) {
            try (Socket connection = listening.accept()) {
              readHead(connection.getInputStream());
              reply.to(connection);
            } catch (IOException hungUp) {
              // The next call is on another connection.
            }
          }
          return null;
        });
  }

  /** A body that is sent with writes of so many bytes. */
  private static HttpEntity large(int write) {
    byte[] piece = new byte[write];
    int times = LARGE / write;
    return new EntityTemplate(
        (long) times * write,
        ContentType.APPLICATION_JSON,
        null,
        out -> {
          for (int i = 0; i < times; i++) {
            out.write(piece);
          }
        });
  }

  @AfterEach
  void close() throws IOException {
    listening.close();
    server.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({"http, 1000", "http, 300000", "https, 1000", "https, 300000"})
  void refusalBeforeTheRequestIsRead_isReadAlthoughTheApiHangsUp(String scheme, int write)
      throws Exception {
    // Given an API that reads the head of a request, refuses it and is gone
    Map<Setting, Object> settings = listen(scheme);
    serve(connection -> say(connection, "HTTP/1.1 413 Too Large\r\nContent-Length: 0"));
    try (ApiCalls calls = ApiCalls.with(state, url(scheme), settings)) {
      for (int call = 0; call < 5; call++) {

        // When
        String status = calls.post("EVT-" + call, large(write));

        // Then
        assertEquals("413", status);
      }
    }
  }

  @Test
  void acceptanceBeforeTheRequestIsRead_isNone() throws Exception {
    // Given
    serve(connection -> say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0"));
    try (ApiCalls calls = ApiCalls.with(state, url("http"), Map.of())) {
      for (int call = 0; call < 3; call++) {

        // When
        String status = calls.post("EVT-1", large(1000));

        // Then
        assertTrue(status.endsWith("status 200 before the whole request was read"), status);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "202, Content-Encoding: gzip, ''",
    "422, Content-Encoding: gzip, plain text",
    "422, Content-Encoding: br, plain text",
    "200, Content-Length: 99, half",
    "503, Transfer-Encoding: chunked, ff half",
    "200, Transfer-Encoding: chunked, no chunk",
  })
  void answerWithAnUnreadableBody_keepsItsStatus(String status, String header, String body)
      throws Exception {
    // Given
    serve(
        connection ->
            say(connection, "HTTP/1.1 %s\r\n%s\r\n\r\n%s".formatted(status, header, body)));
    try (ApiCalls calls = ApiCalls.with(state, url("http"), Map.of())) {
      // When
      String seen = calls.post("EVT-1", "{}");

      // Then
      assertEquals(status, seen);
    }
  }

  @Test
  void answerWithAnUnusableContentType_keepsItsStatus() throws Exception {
    // Given
    List<String> types =
        List.of(
            "text/plain; charset=utf8mb4",
            "text/plain;charset=",
            "a; charset='x y'",
            "\"text/html\"",
            ";",
            "");
    Iterator<String> next = types.iterator();
    serve(
        connection ->
            say(
                connection,
                "HTTP/1.1 400 No\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: 0"
                    .formatted(next.next())));
    try (ApiCalls calls = ApiCalls.with(state, url("http"), Map.of())) {
      for (String type : types) {

        // When
        String status = calls.post("EVT-1", "");

        // Then
        assertEquals("400", status, type);
      }
    }
  }

  private String url(String scheme) {
    return scheme
        + "://"
        + listening.getInetAddress().getHostAddress()
        + ":"
        + listening.getLocalPort();
  }

  private static void readHead(InputStream in) throws IOException {
    int newLines = 0;
    while (newLines < 2) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("No request");
      }
      newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
    }
  }

  private static void say(Socket connection, String head) throws IOException {
    connection.getOutputStream().write((head + "\r\n\r\n").getBytes(ISO_8859_1));
  }
}
