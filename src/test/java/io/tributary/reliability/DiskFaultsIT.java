package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar on a disk that is full to the last byte, and then is not any more. */
@Tag("reliability")
class DiskFaultsIT {
  private static final String PADDING = "x".repeat(10_000);
  private static final int STORED = 1000;
  private static final int SENT = 1500;
  private static final int MEGABYTES = 64;

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);
  private final Management management = new Management(Ports.free());

  @TempDir Path folder;

  private JarProcess start(RecordingApi api) throws Exception {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.ANALYTICS_API_BASE_URL, api.url())
        .set(Setting.MANAGEMENT_PORT, management.port())
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.MERGE_MAX_MESSAGES, 100)
        .set(Setting.MERGE_MAX_PENDING_BATCHES, 1000)
        .set(Setting.MERGE_STATE_DIR, folder.resolve("disk/state"))
        .start();
  }

  @Test
  void fullDisk_holdsUpWhatIsNewAndLosesNothing() throws Exception {
    try (RecordingApi api = new RecordingApi();
        SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), MEGABYTES);
        JarProcess process = start(api)) {
      // Given
      api.answering((attempt, number) -> Answer.status(503));
      storeThenFill(disk);

      // When
      send(STORED, SENT);

      // Then
      await().until(() -> get("/observe/health/ready").contains("\"DOWN\""));
      String why = get("/observe/health/ready").replace("\\", "");
      // By the free space, or by the write that failed first.
      assertTrue(why.contains(folder.resolve("disk/state").toString()), why);
      assertTrue(get("/observe/health/live").contains("\"UP\""), "no reason to be killed");
      api.answering((attempt, number) -> Answer.status(200));
      await().until(() -> delivered(api).size() == STORED);
      await().until(() -> Kafka.lag(customers, customers) == SENT - STORED);

      // And when
      disk.free();

      // Then
      assertAllArriveOnce(api);
      await().until(() -> get("/observe/health/ready").contains("\"UP\""));
      assertTrue(process.isAlive());
    }
  }

  /** Kafka notices only after 45 s that the member is gone. */
  @Test
  @Tag("long")
  void killedWhileTheDiskIsFull_losesNothing() throws Exception {
    try (RecordingApi api = new RecordingApi();
        SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), MEGABYTES)) {
      // Given
      api.answering((attempt, number) -> Answer.status(503));
      try (JarProcess process = start(api)) {
        storeThenFill(disk);
        send(STORED, SENT);
        await().until(() -> get("/observe/health/ready").contains("\"DOWN\""));
        api.answering((attempt, number) -> Answer.appliedButCut());
        await().until(() -> !api.applied().isEmpty());

        // When
        process.kill();
      }

      // Then the next one delivers what is stored, and reads on when there is room
      api.answering((attempt, number) -> Answer.status(200));
      try (JarProcess process = start(api)) {
        await().until(() -> delivered(api).size() == STORED);
        await().until(() -> get("/observe/health/ready").contains("\"DOWN\""));
        disk.free();
        assertAllArriveOnce(api);
        assertFalse(process.output().contains("damaged"), process.output());
      }
    }
  }

  private void storeThenFill(SmallDisk disk) throws Exception {
    send(0, STORED);
    await()
        .until(
            () ->
                figure("tributary_pending_batches") >= STORED / 100
                    && figure("tributary_open_batch_messages") == 0);
    disk.fill();
  }

  private void assertAllArriveOnce(RecordingApi api) {
    await().until(() -> Kafka.lag(customers, customers) == 0);
    await().until(() -> delivered(api).size() >= SENT);
    List<String> sent = IntStream.range(0, SENT).mapToObj(DiskFaultsIT::record).sorted().toList();
    assertEquals(sent, delivered(api).stream().sorted().toList());
    Map<String, Set<String>> bodies =
        api.attempts().stream()
            .collect(groupingBy(Attempt::key, mapping(Attempt::body, Collectors.toSet())));
    assertTrue(bodies.values().stream().allMatch(same -> same.size() == 1), "one body for a key");
  }

  private void send(int from, int to) {
    Kafka.send(
        IntStream.range(from, to)
            .mapToObj(
                i -> new ProducerRecord<byte[], byte[]>(customers, message("m" + i, record(i))))
            .toList());
  }

  private static String record(int number) {
    return "{\"id\":\"C" + number + "\",\"padding\":\"" + PADDING + "\"}";
  }

  private static List<String> delivered(RecordingApi api) {
    List<String> records = new ArrayList<>();
    api.applied().values().forEach(body -> records.addAll(records(body, "customers")));
    return records;
  }

  private String get(String path) throws Exception {
    return management.get(path);
  }

  private double figure(String name) {
    return management.figure(name).orElse(Double.NaN);
  }
}
