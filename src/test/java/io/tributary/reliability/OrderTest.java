package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The order of batches over faults of the API and restarts. The topic has one partition, so batches
 * are completed in the order of its records.
 */
@Tag("reliability")
class OrderTest {
  private static final List<Fault> FAULTS =
      List.of(
          Fault.NONE,
          Fault.NONE,
          Fault.REFUSED,
          Fault.STATUS_500,
          Fault.APPLIED_AND_CUT,
          Fault.CUT_BEFORE_THE_ANSWER,
          Fault.SILENT,
          Fault.CUT_IN_THE_BODY);

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final FaultyApi api = new FaultyApi();
  private final List<String> sent = new ArrayList<>();

  private RunningTributary start() throws Exception {
    return rig.tributary()
        .set(Setting.ANALYTICS_API_BASE_URL, api.url())
        .set(Setting.ANALYTICS_API_TIMEOUT, 1)
        .set(Setting.RETRY_BACKOFF_BASE, "0.1")
        .set(Setting.MERGE_MAX_MESSAGES, 3)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.3")
        .start();
  }

  @Test
  void restart_deliversWhatWasPendingBeforeAnythingNew() throws Exception {
    try (api) {
      // Given three batches that are pending, and one that was on its way
      api.fault(Fault.APPLIED_AND_CUT);
      try (RunningTributary running = start()) {
        send(9);
        Store store = running.store();
        await().until(() -> store.pendingCount() == 3);
        await().until(() -> !api.applied().isEmpty());
      }

      // When there is something new at the restart
      send(30);
      api.fault(Fault.NONE);
      try (RunningTributary running = start()) {
        awaitAllDelivered(running);
      }

      // Then
      assertInOrder();
    }
  }

  @Tag("long")
  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void manyFaultsAndRestarts_changeNoOrder() throws Exception {
    Random random = new Random(20240208);
    try (api) {
      // When
      for (int life = 0; life < 20; life++) {
        try (RunningTributary running = start()) {
          for (int change = 0; change < 8; change++) {
            api.fault(FAULTS.get(random.nextInt(FAULTS.size())));
            send(1 + random.nextInt(20));
            await()
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ofMillis(random.nextInt(400)))
                .until(() -> true);
          }
        }
      }
      api.fault(Fault.NONE);
      try (RunningTributary running = start()) {
        awaitAllDelivered(running);
      }

      // Then
      assertInOrder();
    }
  }

  private void send(int count) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String json = "{\"id\":\"R" + sent.size() + "\"}";
      records.add(new ProducerRecord<>(customers, message("m" + sent.size(), json)));
      sent.add(json);
    }
    Kafka.send(records);
  }

  private void awaitAllDelivered(RunningTributary running) {
    Store store = running.store();
    await().until(() -> Kafka.lag(customers, customers) == 0);
    await().until(() -> store.open() == null && store.pendingCount() == 0);
  }

  /** In order, once each, and no batch was tried before the older one was through. */
  private void assertInOrder() {
    assertEquals(sent, api.records("customers"));
    List<String> turns = new ArrayList<>();
    for (Attempt attempt : api.attempts()) {
      if (!attempt.key().isEmpty()
          && (turns.isEmpty() || !attempt.key().equals(turns.get(turns.size() - 1)))) {
        turns.add(attempt.key());
      }
    }
    assertEquals(turns.size(), new HashSet<>(turns).size(), "a batch came back: " + turns);
  }
}
