package io.tributary.delivery;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.LogLines;
import io.tributary.support.Messages;
import io.tributary.support.RawApi;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.RunningTributary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each answer of the API means for a batch, through the shipped delivery route. */
class DeliveryTest {
  /** Milliseconds that a loaded machine may be late. */
  private static final long SLACK = 8_000;

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final String deadLetters = Kafka.topic("dead", 1);

  @TempDir Path state;

  private RunningTributary.Builder tributary(String apiUrl) {
    return RunningTributary.with(state, Kafka.brokers(), apiUrl)
        .topics(customers, products, deadLetters)
        .set(Setting.RETRY_BACKOFF_BASE, "0.2")
        .set(Setting.MERGE_FLUSH_INTERVAL, "1");
  }

  /**
   * What waits for the next flush interval comes too late, as does the second of two messages,
   * which completes the batch of the first.
   */
  private RunningTributary.Builder quick(String apiUrl) {
    return tributary(apiUrl)
        .set(Setting.MERGE_MAX_MESSAGES, 1)
        .set(Setting.MERGE_FLUSH_INTERVAL, 600);
  }

  private void sendOne() {
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", "{\"id\":\"C1\"}"))));
  }

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
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api.url()).start()) {
      api.answering((attempt, number) -> answers.get(number - 1));

      // When
      sendOne();
      await().until(() -> api.applied().size() == 1);

      // Then the delays are 0.2, 0.4 and 0.8 s, then the flush interval, then the same again
      List<Attempt> attempts = api.attempts();
      assertDelays(attempts, 200, 400, 800, 1000, 200, 400);
      assertEquals(1, attempts.stream().map(Attempt::key).distinct().count());
      assertEquals(1, attempts.stream().map(Attempt::body).distinct().count());
      assertEquals(0, Kafka.read(deadLetters).size());
    }
  }

  @Test
  void apiThatDoesNotAnswerInTime_isTriedAgainWithBackOffAndTheSameBytes() throws Exception {
    // Given
    CountDownLatch end = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = quick(api.url()).set(Setting.ANALYTICS_API_TIMEOUT, 1).start()) {
      api.answering(
          (attempt, number) -> {
            if (number < 3) {
              end.await();
            }
            return Answer.status(200);
          });

      // When
      Kafka.send(records(0, 2));
      await().until(() -> api.applied().size() == 1);

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
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            quick(api.url())
                .set(Setting.MAX_RETRIES, 10)
                .set(Setting.RETRY_BACKOFF_MULTIPLIER, 1)
                .start()) {
      api.answering(
          (attempt, number) ->
              number > headers.size()
                  ? Answer.status(200)
                  : new Answer(503, Map.of("Retry-After", said(headers.get(number - 1))), ""));

      // When
      Kafka.send(records(0, 2));
      await().until(() -> api.applied().size() == 1);

      // Then the date, which is in whole seconds, is between 1 and 2 s away
      assertDelays(api.attempts(), 1000, 999, 200, 200, 200, 200);
      assertEquals(1, api.attempts().stream().map(Attempt::key).distinct().count());
      assertEquals(1, api.attempts().stream().map(Attempt::body).distinct().count());
    }
  }

  private static String said(String header) {
    return header.equals("in 2 s")
        ? RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2))
        : header;
  }

  @Test
  void connection_isOneForManyBatchesWhateverTheAnswers() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url())
                .set(Setting.MERGE_MAX_MESSAGES, 1)
                .set(Setting.RETRY_BACKOFF_BASE, "0.05")
                .start()) {
      api.answering(
          (attempt, number) ->
              Answer.status(number % 10 == 0 ? 503 : number % 10 == 5 ? 422 : 200));

      // When
      Kafka.send(records(0, 50));
      Store store = running.bean("mergeStore", Store.class);
      await().until(() -> api.attempts().size() > 50 && store.pendingCount() == 0);

      // Then
      assertEquals(1, api.attempts().stream().map(Attempt::clientPort).distinct().count());
    }
  }

  @Test
  void gzip_hasTheSameKeyAndBytesAtEachAttemptAndThePlainOnesInTheDeadLetter() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url()).set(Setting.ANALYTICS_API_GZIP, true).start()) {
      api.answering((attempt, number) -> Answer.status(number == 1 ? 503 : 422));

      // When
      sendOne();
      await().until(() -> Kafka.read(deadLetters).size() == 1);

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
      ConsumerRecord<byte[], byte[]> letter = Kafka.read(deadLetters).get(0);
      assertArrayEquals(plain, letter.value());
      assertEquals(attempts.get(0).key(), '"' + new String(letter.key(), UTF_8) + '"');
    }
  }

  @Test
  void failuresOfAnotherKind_areTriedAgainEveryFlushIntervalAndSaidByReadiness() throws Exception {
    // Given
    List<Integer> statuses = List.of(401, 301, 403, 404, 409, 200);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api.url()).start()) {
      api.answering((attempt, number) -> Answer.status(statuses.get(number - 1)));

      // When
      sendOne();

      // Then
      await().until(() -> !readiness(running).isEmpty());
      assertTrue(readiness(running).get(0).contains("status 401"), readiness(running).toString());
      await().until(() -> api.applied().size() == 1);
      assertDelays(api.attempts(), 1000, 1000, 1000, 1000, 1000);
      assertEquals(1, api.attempts().stream().map(Attempt::key).distinct().count());
      assertEquals(1, api.attempts().stream().map(Attempt::body).distinct().count());
      await().until(() -> readiness(running).isEmpty());
    }
  }

  @Test
  void refusedBatches_becomeDeadLettersAndTheNextOneIsSent() throws Exception {
    // Given
    List<Integer> statuses = List.of(400, 413, 415, 422, 200);
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url()).set(Setting.MERGE_MAX_MESSAGES, 1).start()) {
      api.answering((attempt, number) -> Answer.status(statuses.get(number - 1)));

      // When
      Kafka.send(records(0, 5));
      await().until(() -> api.applied().size() == 1);

      // Then
      List<ConsumerRecord<byte[], byte[]>> letters = Kafka.read(deadLetters);
      assertEquals(5, api.attempts().size());
      assertEquals(4, letters.size());
      for (int i = 0; i < letters.size(); i++) {
        ConsumerRecord<byte[], byte[]> letter = letters.get(i);
        Attempt refused = api.attempts().get(i);
        assertArrayEquals(refused.body().getBytes(UTF_8), letter.value());
        assertEquals(refused.key(), '"' + new String(letter.key(), UTF_8) + '"');
        assertEquals("refused-by-api", header(letter, "tributary.reason"));
        assertEquals(String.valueOf(statuses.get(i)), header(letter, "tributary.status"));
        assertEquals("{\"answer\":" + statuses.get(i) + "}", header(letter, "tributary.detail"));
        assertEquals(refused.key(), '"' + header(letter, "tributary.event.id") + '"');
      }
    }
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
        LogLines log = LogLines.of(DeliveryReport.class.getName());
        RunningTributary running =
            tributary(api.url()).set(Setting.MERGE_MAX_MESSAGES, 1).start()) {
      Store store = running.bean("mergeStore", Store.class);

      // When
      Kafka.send(records(0, 6));
      await().until(() -> api.requests().size() == 6);
      await().until(() -> store.pendingCount() == 0);

      // Then
      assertEquals(6, api.requests().size());
      List<ConsumerRecord<byte[], byte[]>> letters = Kafka.read(deadLetters);
      assertEquals(2, letters.size());
      assertEquals("422", header(letters.get(0), "tributary.status"));
      assertNull(letters.get(0).headers().lastHeader("tributary.detail"));
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
  void refusedBatch_staysPendingWhileTheDeadLetterTopicCannotBeWritten() throws Exception {
    // Given a dead-letter topic whose records may not be as large as the batch
    String tooSmall = Kafka.topic("small", 1, Map.of("max.message.bytes", "200"));
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url()).set(Setting.DEAD_LETTER_TOPIC, tooSmall).start()) {
      api.answering((attempt, number) -> Answer.status(number < 2 ? 422 : 200));
      Store store = running.bean("mergeStore", Store.class);
      byte[] large = message("m1", "{\"id\":\"C1\",\"x\":\"" + incompressible(500) + "\"}");
      Kafka.send(List.of(new ProducerRecord<>(customers, large)));
      await().until(() -> api.attempts().size() == 1);
      Kafka.send(records(2, 3));
      await().until(() -> store.pendingCount() == 2);

      // When
      Kafka.change(tooSmall, Map.of("max.message.bytes", "100000"));
      await().until(() -> store.pendingCount() == 0);

      // Then
      assertEquals(1, Kafka.read(tooSmall).size());
      assertEquals(2, api.attempts().size());
    }
  }

  private static String incompressible(int length) {
    return new Random(1)
        .ints(length, 'a', 'z')
        .mapToObj(letter -> String.valueOf((char) letter))
        .collect(Collectors.joining());
  }

  @Test
  void apiThatIsDown_getsEverythingInOrderWhenItReturns() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url())
                .set(Setting.MERGE_MAX_MESSAGES, 1)
                .set(Setting.MERGE_MAX_PENDING_BATCHES, 5)
                .start()) {
      Store store = running.bean("mergeStore", Store.class);
      api.answering((attempt, number) -> Answer.status(503));

      // When more comes than may be pending
      Kafka.send(records(0, 20));
      await().until(() -> store.pendingCount() >= 5);
      Kafka.send(records(20, 40));
      await().during(Duration.ofSeconds(2)).until(() -> Kafka.lag(customers, customers) >= 20);
      api.answering((attempt, number) -> Answer.status(200));

      // Then
      await().until(() -> api.applied().size() == 40);
      assertInOrder(api, 40);
    }
  }

  @Test
  void stopWithSeveralBatchesPending_losesNoneOfThem() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi()) {
      api.answering((attempt, number) -> Answer.status(503));
      RunningTributary.Builder builder = tributary(api.url()).set(Setting.MERGE_MAX_MESSAGES, 1);
      try (RunningTributary running = builder.start()) {
        Kafka.send(records(0, 10));
        Store store = running.bean("mergeStore", Store.class);
        await().until(() -> store.pendingCount() == 10);
      }
      api.answering((attempt, number) -> Answer.status(200));

      // When
      try (RunningTributary running = builder.start()) {
        await().until(() -> api.applied().size() == 10);
      }

      // Then
      assertInOrder(api, 10);
    }
  }

  @Test
  void batchThatComesTooEarly_waitsForTheOlderOne() throws Exception {
    // Given a batch that is pending, and one that is sent before it
    try (RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url()).set(Setting.MERGE_MAX_MESSAGES, 1).start()) {
      Store store = running.bean("mergeStore", Store.class);
      api.answering((attempt, number) -> Answer.status(503));
      Kafka.send(records(0, 3));
      await().until(() -> store.pendingCount() == 3);

      // When
      running
          .context()
          .createProducerTemplate()
          .sendBody("direct:batch-delivery", store.pending().get(2));
      api.answering((attempt, number) -> Answer.status(200));

      // Then
      await().until(() -> api.applied().size() == 3);
      assertInOrder(api, 3);
    }
  }

  /** A pool of Camel's takes a thousand, and has the next one run by whoever brings it. */
  @Test
  void deliveryThread_isOneHoweverManyBatchesWait() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api.url()).start()) {
      ExecutorService delivery = running.bean("deliveryThread", ExecutorService.class);
      CountDownLatch first = new CountDownLatch(1);
      Queue<Thread> threads = new ConcurrentLinkedQueue<>();

      // When
      delivery.submit(() -> first.await(1, TimeUnit.MINUTES));
      for (int i = 0; i < 1100; i++) {
        delivery.execute(() -> threads.add(Thread.currentThread()));
      }
      first.countDown();

      // Then
      await().atMost(PATIENCE).until(() -> threads.size() == 1100);
      assertEquals(1, Set.copyOf(threads).size());
    }
  }

  @Test
  void batchThatIsNoLongerPending_isNotSentAgain() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api.url()).start()) {
      Store store = running.bean("mergeStore", Store.class);
      api.answering((attempt, number) -> Answer.status(number < 2 ? 503 : 200));
      sendOne();
      await().until(() -> store.pendingCount() == 1);
      Batch batch = store.pending().get(0);
      await().until(() -> store.pendingCount() == 0);

      // When
      running.context().createProducerTemplate().sendBody("direct:batch-delivery", batch);

      // Then
      assertEquals(2, api.attempts().size());
    }
  }

  @Test
  void otherFailureAfterAPassingOne_isNotRetriedQuickly() throws Exception {
    // Given
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api.url()).start()) {
      List<Answer> answers =
          List.of(
              Answer.status(503),
              Answer.status(401),
              new Answer(401, Map.of("Retry-After", "2"), ""),
              Answer.status(401),
              Answer.status(200));
      api.answering((attempt, number) -> answers.get(number - 1));

      // When
      sendOne();
      await().until(() -> api.applied().size() == 1);

      // Then
      assertDelays(api.attempts(), 200, 1000, 2000, 1000);
    }
  }

  @Test
  void newTokenAfterA401_comesWithTheSameBatch() throws Exception {
    // Given
    try (RecordingApi tokens = new RecordingApi();
        RecordingApi api = new RecordingApi();
        RunningTributary running =
            tributary(api.url())
                .set(Setting.ANALYTICS_API_AUTH, "oauth2")
                .set(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, tokens.url() + "/token")
                .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "tributary")
                .set(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, "secret")
                .start()) {
      String token = "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
      tokens.answering((attempt, number) -> new Answer(200, Map.of(), token.formatted(number)));
      api.answering((attempt, number) -> Answer.status(number == 1 ? 401 : 200));

      // When
      sendOne();
      await().until(() -> api.applied().size() == 1);

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

  private static void assertInOrder(RecordingApi api, int count) {
    List<String> order =
        api.applied().values().stream()
            .map(body -> Messages.records(body, "customers").get(0))
            .toList();
    assertEquals(
        IntStream.range(0, count).mapToObj(i -> "{\"id\":\"C" + i + "\"}").toList(), order);
  }

  private List<ProducerRecord<byte[], byte[]>> records(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                new ProducerRecord<byte[], byte[]>(
                    customers, message("m" + i, "{\"id\":\"C" + i + "\"}")))
        .toList();
  }

  private static List<String> readiness(RunningTributary running) {
    return HealthCheckHelper.invokeReadiness(running.context()).stream()
        .filter(result -> result.getCheck().getId().equals("analytics-api"))
        .filter(result -> result.getState() == HealthCheck.State.DOWN)
        .map(result -> String.valueOf(result.getMessage().orElse("")))
        .toList();
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

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
