package io.tributary.reliability;

import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.RecordingApi.Attempt;
import io.tributary.support.Rig;
import io.tributary.support.Stores;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged jar on a state folder that is lost or damaged: nothing is lost by that. */
@Tag("reliability")
class DamagedStateIT {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  /** What can happen to the folder of a process that was killed. */
  private enum Loss {
    FOLDER_DELETED,
    EMPTIED,
    TRUNCATED,
    ROW_CHANGED,
    LOG_DELETED,
    LOG_CHANGED;

    /** Whether it is always told; the log of changes can mend a file that is too short. */
    boolean isTold() {
      return this == EMPTIED || this == ROW_CHANGED;
    }

    void happenTo(Path folder) throws Exception {
      Path db = folder.resolve("tributary.db");
      Path log = folder.resolve("tributary.db-wal");
      switch (this) {
        case FOLDER_DELETED -> {
          try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
              Files.delete(file);
            }
          }
          Files.delete(folder);
        }
        case EMPTIED -> Files.write(db, new byte[0]);
        case TRUNCATED -> {
          try (FileChannel file = FileChannel.open(db, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
          }
        }
        case ROW_CHANGED -> change(folder, "UPDATE fragment SET last_offset = last_offset + 1");
        case LOG_DELETED -> Files.delete(log);
        case LOG_CHANGED -> {
          byte[] bytes = Files.readAllBytes(log);
          bytes[bytes.length / 2] ^= 0x55;
          Files.write(log, bytes);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FOLDER_DELETED", "ROW_CHANGED"})
  void lostStore_losesNothing(Loss loss) throws Exception {
    assertNothingIsLost(loss);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FOLDER_DELETED", "ROW_CHANGED"})
  @Tag("long")
  void storeLostInAnotherWay_losesNothing(Loss loss) throws Exception {
    assertNothingIsLost(loss);
  }

  private void assertNothingIsLost(Loss loss) throws Exception {
    // Given a process that is killed with batches that are settled, pending and open
    try (JarProcess process = start()) {
      send("settled", 20);
      await().until(() -> delivered().size() == 20);
      await().until(() -> Kafka.lag(customers, customers) == 0);
      api.answering((attempt, number) -> Answer.status(503));
      send("pending", 20);
      await().until(() -> management.figure("tributary_pending_batches").orElse(0) > 0);
      send("open", 5);
      await().until(() -> management.figure("tributary_open_batch_messages").orElse(0) > 0);
      process.kill();
    }
    assertEquals(25, Kafka.lag(customers, customers), "what is not delivered is not committed");
    Set<String> keys = api.attempts().stream().map(Attempt::key).collect(toSet());

    // When
    loss.happenTo(rig.state());
    api.answering((attempt, number) -> Answer.status(200));
    JarProcess process = start();
    // Then
    await().until(() -> delivered().size() >= 45);
    await().until(() -> Kafka.lag(customers, customers) == 0);
    List<String> expected = new ArrayList<>(records("settled", 20));
    expected.addAll(records("pending", 20));
    expected.addAll(records("open", 5));
    assertEquals(
        sorted(expected), sorted(delivered()), "each arrives, and none that was settled again");
    if (isPutAside() || loss == Loss.FOLDER_DELETED) {
      Set<String> later = api.applied().keySet();
      keys.stream().filter(this::isPending).forEach(key -> assertFalse(later.contains(key), key));
    }
    assertEquals(OptionalDouble.of(0), management.figure("tributary_unaccounted_events"));
    assertEquals(isPutAside() ? 1 : 0, errors(process).size(), process.output());
    assertTrue(isPutAside() || !loss.isTold());
  }

  /** The batch was sent, and not taken. */
  private boolean isPending(String key) {
    return api.attempts().stream()
        .anyMatch(attempt -> attempt.key().equals(key) && attempt.body().contains("pending"));
  }

  @Test
  void damageThatShowsWhileItRuns_endsTheProcessAndTheNextOneLosesNothing() throws Exception {
    // Given two batches that are pending, of which the first one's delivery goes on
    api.answering((attempt, number) -> Answer.status(503));
    try (JarProcess process = start()) {
      send("first", 5);
      await().until(() -> management.figure("tributary_pending_batches").orElse(0) == 1);
      send("second", 5);
      await().until(() -> management.figure("tributary_pending_batches").orElse(0) == 2);

      // When
      change(
          rig.state(),
          "UPDATE fragment SET payload = CAST(payload || ' ' AS BLOB) WHERE batch = 2");
      api.answering((attempt, number) -> Answer.status(200));

      // Then
      assertEquals(1, process.awaitExit(), process.output());
      assertTrue(process.output().contains("a checksum is wrong"), process.output());
    }
    JarProcess process = start();
    await().until(() -> delivered().containsAll(records("second", 5)));
    await().until(() -> Kafka.lag(customers, customers) == 0);
    assertTrue(delivered().containsAll(records("first", 5)));
    assertTrue(isPutAside());
    assertEquals(1, errors(process).size(), process.output());
  }

  @Test
  void damageWhenRecordsAreCommittedAsStored_stopsTheStartWithTheWayOut() throws Exception {
    // Given
    Stores.open(rig.state()).close();
    Loss.EMPTIED.happenTo(rig.state());

    // When
    JarProcess process = tributary().set(Setting.KAFKA_COMMIT, "stored").start();
    int status = process.awaitExit();

    // Then
    assertEquals(1, status);
    assertEquals(1, errors(process).size(), process.output());
    String error = errors(process).get(0);
    assertTrue(error.contains("MERGE_STATE_DIR='state'"), error);
    assertTrue(error.contains("is damaged: "), error);
    assertTrue(error.contains("--reset-offsets"), error);
    assertFalse(isPutAside());
  }

  @Test
  @Tag("long")
  void storeBehindItsCommitWhenRecordsAreCommittedAsStored_endsTheProcess() throws Exception {
    // Given a copy of the store, after which more is stored and committed
    api.answering((attempt, number) -> Answer.status(503));
    try (JarProcess process = stored().start()) {
      send("a", 1);
      await().until(() -> Kafka.lag(customers, customers) == 0);
      process.terminate();
      process.awaitExit();
    }
    byte[] copy = Files.readAllBytes(rig.state().resolve("tributary.db"));
    try (JarProcess process = stored().start()) {
      send("b", 1);
      await().until(() -> Kafka.lag(customers, customers) == 0);
      process.terminate();
      process.awaitExit();
    }
    Files.write(rig.state().resolve("tributary.db"), copy);

    // When
    JarProcess process = stored().start();
    int status = process.awaitExit();

    // Then
    assertEquals(1, status);
    assertTrue(process.output().contains("the store has read up to 1 only"), process.output());
    assertTrue(process.output().contains("--reset-offsets"), process.output());
  }

  @Test
  void folderInUse_stopsTheStart() throws Exception {
    // Given
    try (Store user = Stores.open(rig.state());
        JarProcess process = start()) {

      // When
      int status = process.awaitExit();

      // Then
      assertEquals(1, status);
      assertEquals(1, errors(process).size(), process.output());
      assertTrue(process.output().contains("in use by another process"), process.output());
      assertTrue(user.isUsable());
    }
  }

  @Test
  void readOnlyFolder_stopsTheStartWithOneLine() throws Exception {
    // Given
    try (SmallDisk disk = SmallDisk.mount(rig.state(), 16)) {
      Stores.open(rig.state()).close();
      disk.forbidWriting();

      // When
      try (JarProcess process = start()) {
        int status = process.awaitExit();

        // Then
        assertEquals(1, status);
        assertEquals(1, errors(process).size(), process.output());
        String error = errors(process).get(0);
        assertTrue(error.contains("MERGE_STATE_DIR='state'"), error);
        assertTrue(error.contains("Read-only"), error);
        assertFalse(error.contains("damaged"), error);
      }
    }
  }

  private JarProcess start() throws Exception {
    return tributary().start();
  }

  private JarProcess.Builder stored() {
    return tributary().set(Setting.KAFKA_COMMIT, "stored");
  }

  private JarProcess.Builder tributary() {
    return rig.jar()
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        // As short as the broker allows, for the wait for the member of before
        .jvm("-Dcamel.component.kafka.session-timeout-ms=6000");
  }

  private boolean isPutAside() throws Exception {
    try (Stream<Path> files = Files.list(rig.state())) {
      return files.anyMatch(
          file -> file.getFileName().toString().startsWith("tributary.db.damaged-"));
    }
  }

  /** The database as anybody's {@code sqlite3} changes it. */
  private static void change(Path folder, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tributary.db"));
        Statement statement = connection.createStatement()) {
      assertTrue(statement.executeUpdate(sql) > 0);
    }
  }

  private void send(String name, int count) {
    Kafka.send(
        records(name, count).stream()
            .map(
                record ->
                    new ProducerRecord<byte[], byte[]>(
                        customers, Messages.message(record.replaceAll("\\W", ""), record)))
            .toList());
  }

  private static List<String> records(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{'id':'" + name + i + "'}")
        .map(r -> r.replace('\'', '"'))
        .toList();
  }

  private List<String> delivered() {
    List<String> records = new ArrayList<>();
    api.applied().values().forEach(body -> records.addAll(Messages.records(body, "customers")));
    return records;
  }

  private static List<String> sorted(List<String> records) {
    return records.stream().sorted().toList();
  }

  private static List<String> errors(JarProcess process) {
    return process.output().lines().filter(line -> line.contains(" ERROR ")).toList();
  }
}
