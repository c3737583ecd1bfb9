package io.tributary.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.batch.Batch;
import io.tributary.settings.Setting;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.RunningTributary;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches that wait: in their order, each until it is taken or refused. */
class PendingBatchesTest {
  @RegisterExtension final DeliveryRig rig = new DeliveryRig();
  private final RecordingApi api = rig.api();

  @Test
  void stopWithSeveralBatchesPending_losesNoneOfThem() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(503));
    rig.start();
    rig.send(0, 10);
    await().until(() -> !api.attempts().isEmpty());
    rig.stop();
    api.answering((attempt, number) -> Answer.status(200));

    // When
    rig.start();
    rig.awaitEnd();

    // Then
    assertArrivedInOrder(10);
  }

  @Test
  void batchThatComesTooEarly_waitsForTheOlderOne() throws Exception {
    // Given a batch that is pending, and one that is sent before it
    RunningTributary running = rig.start(rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, 1));
    api.answering((attempt, number) -> Answer.status(503));
    rig.send(0, 3);
    await().until(() -> !api.attempts().isEmpty());

    // When
    sendAgain(running, running.store().pending().get(2));
    api.answering((attempt, number) -> Answer.status(200));

    // Then
    rig.awaitEnd();
    assertArrivedInOrder(3);
  }

  /** A pool of Camel's takes a thousand, and has the next one run by whoever brings it. */
  @Test
  void deliveryThread_isOneHoweverManyBatchesWait() throws Exception {
    // Given
    ExecutorService delivery = rig.start().bean("deliveryThread", ExecutorService.class);
    CountDownLatch first = new CountDownLatch(1);
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    // When
    delivery.submit(() -> first.await(1, TimeUnit.MINUTES));
    for (int i = 0; i < 1100; i++) {
      delivery.execute(() -> threads.add(Thread.currentThread()));
    }
    first.countDown();

    // Then
    await().until(() -> threads.size() == 1100);
    assertEquals(1, Set.copyOf(threads).size());
  }

  @Test
  void batches_areCountedByWhyTheyWereCompleted() throws Exception {
    // Given
    RunningTributary running =
        rig.start(
            rig.tributary()
                .set(Setting.MERGE_MAX_MESSAGES, 2)
                .set(Setting.MERGE_MAX_BYTES, 10_000));

    // When one is full of messages, and one of bytes
    rig.merge("1");
    rig.merge("2");
    rig.merge("3");
    rig.merge('"' + "x".repeat(9_900) + '"');
    rig.complete();
    rig.awaitEnd();

    // Then
    MeterRegistry meters = running.context().getRegistry().findSingleByType(MeterRegistry.class);
    Map<String, Double> completed =
        meters.find("tributary.batches.completed").counters().stream()
            .collect(Collectors.toMap(c -> c.getId().getTag("reason"), Counter::count));
    assertEquals(Map.of("messages", 1.0, "bytes", 1.0, "operator", 1.0, "window", 0.0), completed);
    assertEquals(4, meters.get("tributary.batch.messages").summary().totalAmount());
  }

  @Test
  void batchThatIsNoLongerPending_isNotSentAgain() throws Exception {
    // Given
    RunningTributary running = rig.start(rig.tributary().set(Setting.MAX_RETRIES, 100));
    api.answering((attempt, number) -> Answer.status(503));
    rig.send(0, 1);
    Batch batch = running.store().pending().get(0);
    api.answering((attempt, number) -> Answer.status(200));
    rig.awaitEnd();
    int attempts = api.attempts().size();

    // When
    sendAgain(running, batch);

    // Then
    assertEquals(attempts, api.attempts().size());
  }

  @Test
  void connection_isOneForManyBatchesWhateverTheAnswers() throws Exception {
    // Given
    rig.start(rig.tributary().set(Setting.RETRY_BACKOFF_BASE, "0.05"));
    api.answering(
        (attempt, number) -> Answer.status(number % 10 == 0 ? 503 : number % 10 == 5 ? 422 : 200));

    // When
    rig.send(0, 50);
    rig.awaitEnd();

    // Then
    assertEquals(1, api.attempts().stream().map(Attempt::clientPort).distinct().count());
  }

  /** As Camel's recovery does. */
  private static void sendAgain(RunningTributary running, Batch batch) {
    running.context().createProducerTemplate().sendBody("direct:batch-delivery", batch);
  }

  private void assertArrivedInOrder(int count) {
    assertEquals(
        IntStream.range(0, count).mapToObj(DeliveryRig::customer).toList(),
        api.applied().values().stream()
            .map(body -> Messages.records(body, "customers"))
            .flatMap(List::stream)
            .toList());
  }
}
