package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Outcome;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.Footprint;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What takes no room in the state folder. */
@Tag("reliability")
class RoomTest {
  /** The log of changes, keys of records, and pages that are free again. */
  private static final long STORE_OVERHEAD = 4 * 8 * 1024 * 1024;

  @RegisterExtension final Rig rig = new Rig(2, 1);
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();

  @Test
  void duplicatesAndRetries_takeNoRoom() throws Exception {
    RunningTributary running = start();
    // Given a batch that is tried again and again
    Store store = running.store();
    api.answering((attempt, number) -> Answer.cut());
    String json = "{\"id\":\"R1\",\"x\":\"%s\"}".formatted("x".repeat(10_000));
    Kafka.send(List.of(new ProducerRecord<>(customers, message("m1", json))));
    await().until(() -> store.pendingCount() == 1);

    // When more comes than the folder could hold, but nothing new
    List<ProducerRecord<byte[], byte[]>> duplicates = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      duplicates.add(new ProducerRecord<>(customers, message("m1", json)));
      duplicates.add(new ProducerRecord<>(customers, message("n" + i, json)));
    }
    Kafka.send(duplicates);
    Ledger ledger = running.ledger();
    await()
        .until(
            () ->
                ledger.count(customers, Outcome.DUPLICATE_ID)
                        + ledger.count(customers, Outcome.DUPLICATE_CONTENT)
                    == duplicates.size());

    // Then
    long folder = Footprint.bytes(rig.state());
    assertTrue(folder < STORE_OVERHEAD, folder + " bytes");
    api.answering((attempt, number) -> Answer.status(200));
    await().until(() -> store.pendingCount() == 0);
    assertEquals(List.of(json), records(List.copyOf(api.applied().values()).get(0), "customers"));
    assertEquals(1, api.applied().size());
  }

  private RunningTributary start() throws Exception {
    return rig.tributary()
        .set(Setting.MAX_RETRIES, 100)
        .set(Setting.RETRY_BACKOFF_BASE, "0.3")
        .set(Setting.RETRY_BACKOFF_MULTIPLIER, "1.0")
        .start();
  }
}
