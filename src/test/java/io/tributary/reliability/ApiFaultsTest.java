package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Fault;
import io.tributary.support.FaultyApi;
import io.tributary.support.FaultyApi.Attempt;
import io.tributary.support.Kafka;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each fault between Tributary and the API, one after the other and all of them in one life of the
 * process: what was on its way when the fault set in arrives once and in order when it is over.
 */
@Tag("reliability")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiFaultsTest {
  private static final int LARGE = 4_000_000;

  /** What the sockets between hold, and some more. */
  private static final long ANSWER_AT_MOST = 25_000_000;

  /** With these, attempts are made that the API does not see. */
  private static final Set<Fault> UNSEEN =
      EnumSet.of(Fault.REFUSED, Fault.HANGS_UP_AFTER_THE_ANSWER);

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final FaultyApi api = new FaultyApi();
  private final List<String> sent = new ArrayList<>();
  private final List<String> table = new ArrayList<>();
  private RunningTributary running;

  @BeforeAll
  void start() throws Exception {
    Kafka.change(customers, Map.of("max.message.bytes", "6000000"));
    running =
        rig.tributary()
            .set(Setting.ANALYTICS_API_BASE_URL, api.url())
            .set(Setting.ANALYTICS_API_TIMEOUT, 1)
            .set(Setting.RETRY_BACKOFF_BASE, "0.1")
            .set(Setting.MERGE_MAX_MESSAGES, 1)
            .set(Setting.MERGE_FLUSH_INTERVAL, "0.2")
            .start();
  }

  @AfterAll
  void stop() {
    api.close();
    if (!table.isEmpty()) {
      System.out.println("fault; attempts; seconds until delivered; lost; doubled");
      table.forEach(System.out::println);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "REFUSED",
        "STATUS_503_BEFORE_THE_REQUEST_IS_READ",
        "REQUEST_NOT_READ",
        "APPLIED_AND_SILENT",
        "SLOW_BODY",
        "CUT_IN_THE_REQUEST",
        "APPLIED_AND_CUT",
        "CUT_IN_THE_HEADERS",
        "CUT_IN_A_CHUNK",
        "GARBAGE",
        "ENDLESS_LINE",
        "HANGS_UP_AFTER_THE_ANSWER",
        "HUGE_ANSWER"
      })
  void fault_thatPasses(Fault fault) {
    assertSurvives(fault, 1);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void fault_thatOutlastsTheQuickRetries(Fault fault) {
    int attempts = fault.delivers() ? 1 : 6;
    long begin = System.nanoTime();
    int made = assertSurvives(fault, attempts);
    Duration needed = Duration.ofNanos(System.nanoTime() - begin);
    Set<String> arrived = Set.copyOf(api.records("customers"));
    table.add(
        "%-36s %2d %6.1f %d %d"
            .formatted(
                fault,
                made - 1,
                needed.toMillis() / 1000.0,
                sent.stream().filter(record -> !arrived.contains(record)).count(),
                api.records("customers").size() - arrived.size()));
  }

  /**
   * Two batches, the second of which waits behind the first, while the API is at fault.
   *
   * @return the attempts that both needed
   */
  private int assertSurvives(Fault fault, int failures) {
    // Given
    double countedBefore = counted(fault.counted());
    double allBefore = counted();
    int attemptsBefore = api.attempts().size();
    api.fault(fault);

    // When, large if the request is not read, so that it stops in the middle
    send(fault.leavesRequestUnread() ? LARGE : 1);
    send(1);
    await().until(() -> counted(fault.counted()) >= countedBefore + failures);
    await().until(() -> fault.delivers() || store().pendingCount() == 2);
    api.fault(Fault.NONE);
    await().until(() -> api.applied().size() == sent.size() && store().pendingCount() == 0);

    // Then
    List<Attempt> attempts = api.attempts();
    attempts = attempts.subList(attemptsBefore, attempts.size());
    assertEquals(sent, api.records("customers"));
    assertSameEachTime(attempts);
    assertNoneOvertakes(attempts);
    if (!UNSEEN.contains(fault)) {
      assertEquals(attempts.size(), counted() - allBefore, "attempts counted");
    }
    if (fault != Fault.ENDLESS_INTERIM_ANSWERS) {
      assertTrue(attempts.stream().allMatch(a -> a.taken() < ANSWER_AT_MOST), "endless answers");
    }
    return (int) (counted() - allBefore);
  }

  private static void assertSameEachTime(List<Attempt> attempts) {
    Map<String, String> bodies =
        attempts.stream()
            .filter(Attempt::whole)
            .collect(
                Collectors.toMap(
                    Attempt::key,
                    Attempt::body,
                    (first, second) -> {
                      assertEquals(first, second);
                      return first;
                    }));
    assertEquals(2, bodies.size(), "batches");
    for (Attempt attempt : attempts) {
      if (!attempt.key().isEmpty()) {
        assertTrue(bodies.get(attempt.key()).startsWith(attempt.body()), "the same bytes");
      }
    }
  }

  private static void assertNoneOvertakes(List<Attempt> attempts) {
    List<String> keys = attempts.stream().map(Attempt::key).filter(k -> !k.isEmpty()).toList();
    String older = keys.get(0);
    assertEquals(keys.indexOf(lastOf(keys)), keys.lastIndexOf(older) + 1, keys.toString());
  }

  private static String lastOf(List<String> keys) {
    return keys.get(keys.size() - 1);
  }

  private void send(int size) {
    String record = "{\"id\":\"R%d\",\"x\":\"%s\"}".formatted(sent.size(), "x".repeat(size));
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m" + sent.size(), record))));
    sent.add(record);
  }

  private Store store() {
    return running.bean("mergeStore", Store.class);
  }

  private double counted(String status) {
    Counter counter = meters().find("tributary.delivery.attempts").tag("status", status).counter();
    return counter == null ? 0 : counter.count();
  }

  private double counted() {
    return meters().find("tributary.delivery.attempts").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private MeterRegistry meters() {
    return running.context().getRegistry().findSingleByType(MeterRegistry.class);
  }
}
