package io.tributary.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.LogLines;
import io.tributary.support.MockedTopic;
import io.tributary.support.RawApi;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.RunningTributary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Message;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each answer of the API means for a batch, through the shipped delivery route. */
class DeliveryTest {
  private static final String CUSTOMER = DeliveryRig.customer(1);

  /** Milliseconds that a loaded machine may be late. */
  private static final long SLACK = 20_000;

  @RegisterExtension final DeliveryRig rig = new DeliveryRig();
  private final RecordingApi api = rig.api();

  @Test
  void passingFailures_areRetriedWithBackOffAndTheSameBytes() throws Exception {
    // Given
    List<Answer> answers =
        List.of(
            Answer.status(503),
            Answer.cut(),
            Answer.status(408),
            Answer.status(425),
            Answer.status(429),
            Answer.status(500),
            Answer.status(200));
    rig.start(rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, 1));
    api.answering((attempt, number) -> answers.get(number - 1));

    // When
    rig.send(CUSTOMER);
    rig.awaitEnd();

    // Then the delays are 0.2, 0.4 and 0.8 s, then the flush interval, then the same again
    List<Attempt> attempts = api.attempts();
    assertDelays(attempts, 200, 400, 800, 1000, 200, 400);
    assertEquals(1, attempts.stream().map(Attempt::key).distinct().count());
    assertEquals(1, attempts.stream().map(Attempt::body).distinct().count());
    assertEquals(List.of(), rig.letters());
  }

  @Test
  void apiThatDoesNotAnswerInTime_isTriedAgainWithBackOffAndTheSameBytes() throws Exception {
    // Given
    CountDownLatch end = new CountDownLatch(1);
    try {
      rig.start(rig.tributary().set(Setting.ANALYTICS_API_TIMEOUT, 1));
      api.answering(
          (attempt, number) -> {
            if (number < 3) {
              end.await();
            }
            return Answer.status(200);
          });

      // When
      rig.send(CUSTOMER);
      rig.awaitEnd();

      // Then each delay begins when the second for the call is up, which began before it arrived
      assertDelay(api.attempts(), 0, 200, 1200 + SLACK);
      assertDelay(api.attempts(), 1, 400, 1400 + SLACK);
      assertEquals(1, api.attempts().stream().map(Attempt::key).distinct().count());
      assertEquals(1, api.attempts().stream().map(Attempt::body).distinct().count());
    } finally {
      end.countDown();
    }
  }

  @Test
  void retryAfter_isHonouredInSecondsAndAsADateAndOtherwiseCountsAsAbsent() throws Exception {
    // Given a delay of 0.2 s whenever the header says nothing
    List<String> headers =
        List.of("1", "in 2 s", "-5", "0", "soon", "Thu, 08 Feb 2024 10:30:00 GMT");
    rig.start(
        rig.tributary().set(Setting.MAX_RETRIES, 10).set(Setting.RETRY_BACKOFF_MULTIPLIER, 1));
    api.answering(
        (attempt, number) ->
            number > headers.size()
                ? Answer.status(200)
                : new Answer(503, Map.of("Retry-After", said(headers.get(number - 1))), ""));

    // When
    rig.send(CUSTOMER);
    rig.awaitEnd();

    // Then the date, which is in whole seconds, is between 1 and 2 s away
    assertDelays(api.attempts(), 1000, 999, 200, 200, 200, 200);
    assertEquals(1, api.attempts().stream().map(Attempt::key).distinct().count());
    assertEquals(1, api.attempts().stream().map(Attempt::body).distinct().count());
  }

  private static String said(String header) {
    return header.equals("in 2 s")
        ? RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2))
        : header;
  }

  @Test
  void gzip_hasTheSameKeyAndBytesAtEachAttemptAndThePlainOnesInTheDeadLetter() throws Exception {
    // Given
    rig.start(rig.tributary().set(Setting.ANALYTICS_API_GZIP, true));
    api.answering((attempt, number) -> Answer.status(number == 1 ? 503 : 422));

    // When
    rig.send(CUSTOMER);
    rig.awaitEnd();

    // Then
    List<Attempt> attempts = api.attempts();
    assertEquals(2, attempts.size());
    assertEquals("gzip", attempts.get(0).header("Content-encoding"));
    assertEquals("application/json", attempts.get(0).header("Content-type"));
    assertEquals(
        String.valueOf(attempts.get(0).raw().length), attempts.get(0).header("Content-length"));
    assertEquals(attempts.get(0).key(), attempts.get(1).key());
    assertArrayEquals(attempts.get(0).raw(), attempts.get(1).raw());
    byte[] plain = attempts.get(0).body().getBytes(UTF_8);
    assertTrue(plain.length > 0 && !Arrays.equals(plain, attempts.get(0).raw()));
    Message letter = rig.letters().get(0);
    assertArrayEquals(plain, letter.getBody(byte[].class));
    assertEquals(attempts.get(0).key(), '"' + header(letter, "kafka.KEY") + '"');
  }

  @Test
  void failuresOfAnotherKind_areTriedAgainEveryFlushIntervalAndSaidByReadiness() throws Exception {
    // Given
    RunningTributary running = rig.start(rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, "0.5"));
    api.answering((attempt, number) -> Answer.status(401));

    // When
    rig.send(CUSTOMER);

    // Then
    await().until(() -> readiness(running).contains("status 401"));
    Iterator<Integer> statuses = List.of(301, 403, 404, 409, 200).iterator();
    api.answering((attempt, number) -> Answer.status(statuses.next()));
    rig.awaitEnd();
    for (int i = 0; i < api.attempts().size() - 1; i++) {
      assertDelay(api.attempts(), i, 500, 500 + SLACK);
    }
    assertEquals(1, api.attempts().stream().map(Attempt::key).distinct().count());
    assertEquals(1, api.attempts().stream().map(Attempt::body).distinct().count());
    await().until(() -> readiness(running).isEmpty());
  }

  @Test
  void refusedBatches_becomeDeadLettersAndTheNextOneIsSent() throws Exception {
    // Given
    List<Integer> statuses = List.of(400, 413, 415, 422, 200);
    rig.start();
    api.answering((attempt, number) -> Answer.status(statuses.get(number - 1)));

    // When
    rig.send(0, 5);
    rig.awaitEnd();

    // Then
    List<Message> letters = rig.letters();
    assertEquals(5, api.attempts().size());
    assertEquals(4, letters.size());
    for (int i = 0; i < letters.size(); i++) {
      Message letter = letters.get(i);
      Attempt refused = api.attempts().get(i);
      assertArrayEquals(refused.body().getBytes(UTF_8), letter.getBody(byte[].class));
      assertEquals(refused.key(), '"' + header(letter, "kafka.KEY") + '"');
      assertEquals("refused-by-api", header(letter, "tributary.reason"));
      assertEquals(String.valueOf(statuses.get(i)), header(letter, "tributary.status"));
      assertEquals("{\"answer\":" + statuses.get(i) + "}", header(letter, "tributary.detail"));
      assertEquals(refused.key(), '"' + header(letter, "tributary.event.id") + '"');
    }
  }

  @Test
  void refusalAfterAPassingFailure_isNotRetriedNorIsTheNextOne() throws Exception {
    // Given
    List<Integer> statuses = List.of(503, 422, 422, 200);
    api.answering((attempt, number) -> Answer.status(statuses.get(number - 1)));
    rig.start();

    // When
    rig.send(0, 3);
    rig.awaitEnd();

    // Then
    assertEquals(4, api.attempts().size());
    assertEquals(2, rig.letters().size());
  }

  @Test
  void refusalAfterOneWhoseDeadLetterWasNotTakenAtOnce_isNotRetried() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(422));
    RunningTributary running = rig.start(rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, "0.5"));
    MockedTopic.of(running.context())
        .whenExchangeReceived(
            1,
            letter -> {
              throw new IllegalStateException("not taken");
            });

    // When
    rig.send(0, 3);
    rig.awaitEnd();

    // Then
    assertEquals(3, api.attempts().size());
  }

  @Test
  void answer_meansWhatItsStatusSaysWhateverItsBodyIs() throws Exception {
    // Given
    String coded = "Content-Encoding: gzip\r\nConnection: close\r\n\r\n";
    String page =
        "200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>";
    List<String> answers =
        List.of(
            "202 Accepted\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
            "422 No\r\n" + coded + "plain text",
            "422 No\r\n" + coded + gzip("why"),
            "200 OK\r\nContent-Length: 99\r\n\r\nhalf",
            page,
            page);
    try (RawApi api =
            RawApi.with(
                (connection, number) -> {
                  connection.say("HTTP/1.1 " + answers.get(number - 1));
                  if (number < 5) {
                    connection.hangUp();
                  }
                });
        LogLines log = LogLines.of(DeliveryReport.class.getName())) {
      rig.start(rig.tributary(api.url()));

      // When
      rig.send(0, 6);
      rig.awaitEnd();

      // Then
      assertEquals(6, api.requests().size());
      List<Message> letters = rig.letters();
      assertEquals(2, letters.size());
      assertEquals("422", header(letters.get(0), "tributary.status"));
      assertNull(letters.get(0).getHeader("tributary.detail"));
      assertEquals("why", header(letters.get(1), "tributary.detail"));
      assertEquals(1, log.count("WARN The API answers with status 200 and a page of HTML"));
    }
  }

  private static String gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toString(ISO_8859_1);
  }

  @Test
  void otherFailureAfterAPassingOne_isNotRetriedQuickly() throws Exception {
    // Given
    rig.start(rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, "0.5"));
    List<Answer> answers =
        List.of(
            Answer.status(503),
            Answer.status(401),
            new Answer(401, Map.of("Retry-After", "2"), ""),
            Answer.status(401),
            Answer.status(200));
    api.answering((attempt, number) -> answers.get(number - 1));

    // When
    rig.send(CUSTOMER);
    rig.awaitEnd();

    // Then
    assertDelays(api.attempts(), 200, 500, 2000, 500);
  }

  @Test
  void newTokenAfterA401_comesWithTheSameBatch() throws Exception {
    // Given
    try (RecordingApi tokens = new RecordingApi()) {
      rig.start(
          rig.tributary()
              .set(Setting.ANALYTICS_API_AUTH, "oauth2")
              .set(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url() + "/token")
              .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary")
              .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, "secret"));
      String token = "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
      tokens.answering((attempt, number) -> new Answer(200, Map.of(), token.formatted(number)));
      api.answering((attempt, number) -> Answer.status(number == 1 ? 401 : 200));

      // When
      rig.send(CUSTOMER);
      rig.awaitEnd();

      // Then
      List<Attempt> attempts = api.attempts();
      assertEquals(2, attempts.size());
      assertEquals("Bearer t1", attempts.get(0).header("Authorization"));
      assertEquals("Bearer t2", attempts.get(1).header("Authorization"));
      assertTrue(attempts.get(0).body().contains("\"customers\":[{"), attempts.get(0).body());
      assertArrayEquals(attempts.get(0).raw(), attempts.get(1).raw());
      assertEquals(attempts.get(0).key(), attempts.get(1).key());
    }
  }

  /** Why the API is not ready; empty when it is. */
  private static String readiness(RunningTributary running) {
    return HealthCheckHelper.invokeReadiness(running.context()).stream()
        .filter(result -> result.getCheck().getId().equals("analytics-api"))
        .filter(result -> result.getState() == HealthCheck.State.DOWN)
        .map(result -> result.getMessage().orElse("?"))
        .collect(Collectors.joining());
  }

  private static void assertDelays(List<Attempt> attempts, long... millis) {
    for (int i = 0; i < millis.length; i++) {
      assertDelay(attempts, i, millis[i], millis[i] + SLACK);
    }
  }

  private static void assertDelay(List<Attempt> attempts, int first, long least, long limit) {
    long nanos = attempts.get(first + 1).nanoTime() - attempts.get(first).nanoTime();
    long delay = nanos / 1_000_000;
    assertTrue(
        delay >= least && delay < limit,
        "attempt " + (first + 2) + " came after " + delay + " ms, not " + least + " to " + limit);
  }

  private static String header(Message letter, String name) {
    return letter.getHeader(name, String.class);
  }
}
