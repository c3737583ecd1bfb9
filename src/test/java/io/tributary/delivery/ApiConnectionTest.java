package io.tributary.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.ApiCalls;
import io.tributary.support.Certificates;
import io.tributary.support.RawApi;
import io.tributary.support.RawApi.Manners;
import io.tributary.support.RawApi.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Habits of real servers: each call is answered at its first attempt, and arrives once. */
class ApiConnectionTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
  private static final String UNTIL_CLOSE = "HTTP/1.0 200 OK\r\n\r\nthat is all";

  /** More than the sockets in between hold. */
  private static final int LARGE = 10_000_000;

  static final List<Arguments> ANSWERS =
      List.of(
          Arguments.of("200", 1, OK),
          Arguments.of("200", 1, "HTTP/1.1 100 Continue\r\n\r\n" + OK),
          Arguments.of("200", 1, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(2) + OK),
          Arguments.of(
              "200",
              1,
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                  + "2;a=b\r\n{}\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"),
          Arguments.of("204", 1, "HTTP/1.1 204 No Content\r\n\r\n"),
          Arguments.of("204", 3, "HTTP/1.1 204 No Content\r\n\r\nhello"),
          Arguments.of("204", 3, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"));

  @TempDir Path state;

  @ParameterizedTest
  @FieldSource("ANSWERS")
  void answer_isReadToItsEndAndNoFurther(String status, int connections, String answer)
      throws Exception {
    assertEachCallArrivesOnce(
        status, connections, RawApi.with((connection, number) -> connection.say(answer)), "{}");
  }

  static final List<Manners> CLOSING =
      List.of(
          (connection, number) -> {
            connection.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
            connection.hangUp();
          },
          (connection, number) -> {
            connection.say(UNTIL_CLOSE);
            connection.hangUp();
          });

  @ParameterizedTest
  @FieldSource("CLOSING")
  void connectionThatIsClosedEachTime_isNotUsedAgain(Manners manners) throws Exception {
    assertEachCallArrivesOnce("200", 3, RawApi.with(manners), "{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {OK, UNTIL_CLOSE})
  void tlsThatIsClosedWithoutNotice_isAnEnd(String answer) throws Exception {
    // Given
    Certificates certificates = new Certificates(state);
    SSLContext tls = certificates.server("server").getSSLContext();
    Map<Setting, Object> trusting =
        Map.of(
            Setting.ANALYTICS_API_TRUSTSTORE,
            certificates.trusting("server"),
            Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD,
            Certificates.PASSWORD);
    Semaphore closed = new Semaphore(0);
    Manners manners =
        (connection, number) -> {
          connection.say(answer);
          connection.hangUp();
          closed.release();
        };
    try (RawApi api = RawApi.overTls(tls, manners);
        ApiCalls calls = ApiCalls.with(state, api.url(), trusting)) {
      for (int call = 1; call <= 3; call++) {
        // When
        assertEquals("200", calls.post("EVT-" + call, "{}"));
        closed.acquire();
      }

      // Then
      assertEquals(List.of(1, 2, 3), api.requests().stream().map(Request::connection).toList());
    }
  }

  /** What a server does between two calls: the end of a connection, or bytes that nobody wants. */
  static final List<Manners> IDLE =
      List.of(
          (connection, number) -> connection.hangUp(),
          (connection, number) -> connection.say("stray"),
          (connection, number) -> connection.say("\r\n"),
          (connection, number) -> {
            connection.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            connection.hangUp();
          });

  @ParameterizedTest
  @FieldSource("IDLE")
  void connectionThatIsNotSilentWhileIdle_isNotUsedAgain(Manners idle) throws Exception {
    // Given an API that does it when its answer has been read
    Semaphore answered = new Semaphore(0);
    Semaphore done = new Semaphore(0);
    Manners manners =
        (connection, number) -> {
          connection.say(OK);
          answered.acquireUninterruptibly();
          idle.answer(connection, number);
          done.release();
        };
    try (RawApi api = RawApi.with(manners);
        ApiCalls calls = ApiCalls.with(state, api.url(), impatient())) {
      for (int call = 1; call <= 3; call++) {
        // When
        assertEquals("200", calls.post("EVT-" + call, "{}"));
        answered.release();
        done.acquire();
      }

      // Then
      assertEquals(List.of(1, 2, 3), api.requests().stream().map(Request::connection).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
      })
  void interimAnswerBeforeTheRequestIsRead_isPassedOver(String early) throws Exception {
    assertEachCallArrivesOnce(
        "200",
        1,
        RawApi.saying(early, (connection, number) -> connection.say(OK)),
        "x".repeat(LARGE));
  }

  @Test
  void acceptanceByAnApiThatReadsOn_isTaken() throws Exception {
    assertEachCallArrivesOnce(
        "200", 1, RawApi.saying(OK, (connection, number) -> {}), "x".repeat(LARGE));
  }

  /** Half of a minute is the JVM's, which keeps a name's address for so long. */
  @Test
  @Tag("long")
  void connection_isNotUsedForHalfAMinute() throws Exception {
    // Given
    try (RawApi api = RawApi.with((connection, number) -> connection.say(OK));
        ApiCalls calls = ApiCalls.with(state, api.url(), impatient())) {
      // Then
      await()
          .atMost(Duration.ofSeconds(25))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                assertEquals("200", calls.post("EVT-1", "{}"));
                return api.requests().get(api.requests().size() - 1).connection() == 2;
              });
    }
  }

  @Test
  void answerInACoding_isNotAskedFor() throws Exception {
    // Given
    try (RawApi api = RawApi.with((connection, number) -> connection.say(OK));
        ApiCalls calls = ApiCalls.with(state, api.url(), Map.of())) {
      // When
      calls.post("EVT-1", "{}");

      // Then
      String head = api.requests().get(0).head().toLowerCase(Locale.ROOT);
      assertTrue(head.contains("\r\ncontent-type: application/json"), head);
      assertFalse(head.contains("accept-encoding"), head);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%2Fb%2fc",
        "/a%3Fb%23c",
        "/a%2520b%25",
        "/a%20b+c",
        "/%C3%A4%c3%a4%E9",
        "/%7B%7Bx%7D%7D%00",
        "/a;b=c,d&e=f@g:h!$'()*~",
        "/RAW(a)",
        "/a//b/../c/./d",
        "//a",
      })
  void path_isCalledAsItIsWritten(String path) throws Exception {
    // Given
    try (RawApi api = RawApi.with((connection, number) -> connection.say(OK));
        ApiCalls calls = ApiCalls.with(state, api.url() + path, impatient())) {
      // When
      String status = calls.post("EVT-1", "{}");

      // Then
      assertEquals("200", status);
      String head = api.requests().get(0).head();
      assertFalse(head.contains("Camel"), head);
      String line = head.lines().findFirst().orElseThrow();
      assertEquals("POST " + path + "/api/analytics/data HTTP/1.1", line);
    }
  }

  private void assertEachCallArrivesOnce(
      String status, int connections, RawApi served, String document) throws Exception {
    try (RawApi api = served;
        ApiCalls calls = ApiCalls.with(state, api.url(), impatient())) {
      for (int call = 1; call <= 3; call++) {
        assertEquals(status, calls.post("EVT-" + call, document));
      }
      // It can be answered before it is read.
      await().until(() -> api.requests().size() >= 3);
      assertEquals(3, api.requests().size());
      assertTrue(api.requests().stream().allMatch(r -> r.body().length() == document.length()));
      Stream<Integer> used = api.requests().stream().map(Request::connection);
      assertEquals(connections, used.distinct().count());
    }
  }

  private static Map<Setting, Object> impatient() {
    return Map.of(Setting.ANALYTICS_API_TIMEOUT, 5);
  }
}
