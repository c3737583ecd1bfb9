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
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.Rig;
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
import org.junit.jupiter.api.extension.RegisterExtension;

/** The packaged jar on a disk that is full to the last byte, and then is not any more. */
@Tag("reliability")
class DiskFaultsIT {
  private static final String PADDING = "x".repeat(10_000);
  private static final int STORED = 1000;
  private static final int SENT = 1500;
  private static final int MEGABYTES = 64;

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final Path folder = rig.folder();

  private JarProcess start() throws Exception {
    return rig.jar()
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.MERGE_MAX_MESSAGES, 100)
        .set(Setting.MERGE_MAX_PENDING_BATCHES, 1000)
        .set(Setting.MERGE_STATE_DIR, folder.resolve("disk/state"))
        .start();
  }

  @Test
  void fullDisk_holdsUpWhatIsNewAndLosesNothing() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), MEGABYTES);
        JarProcess process = start()) {
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
      await().until(() -> delivered().size() == STORED);
      await().until(() -> Kafka.lag(customers, customers) == SENT - STORED);

      // And when
      disk.free();

      // Then
      assertAllArriveOnce();
      await().until(() -> get("/observe/health/ready").contains("\"UP\""));
      assertTrue(process.isAlive());
    }
  }

  /** Kafka notices only after 45 s that the member is gone. */
  @Test
  @Tag("long")
  void killedWhileTheDiskIsFull_losesNothing() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), MEGABYTES)) {
      // Given
      api.answering((attempt, number) -> Answer.status(503));
      try (JarProcess process = start()) {
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
      try (JarProcess process = start()) {
        await().until(() -> delivered().size() == STORED);
        await().until(() -> get("/observe/health/ready").contains("\"DOWN\""));
        disk.free();
        assertAllArriveOnce();
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

  private void assertAllArriveOnce() {
    await().until(() -> Kafka.lag(customers, customers) == 0);
    await().until(() -> delivered().size() >= SENT);
    List<String> sent = IntStream.range(0, SENT).mapToObj(DiskFaultsIT::record).sorted().toList();
    assertEquals(sent, delivered().stream().sorted().toList());
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

  private List<String> delivered() {
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
