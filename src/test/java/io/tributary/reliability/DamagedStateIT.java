package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.reliability.Stores.Damage;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged jar on a state folder that is damaged, and the way out. */
@Tag("reliability")
class DamagedStateIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String customers = Kafka.topic("customers", 1);
  private final String products = Kafka.topic("products", 1);

  @TempDir Path folder;

  private JarProcess.Builder tributary() {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.MERGE_FLUSH_INTERVAL, 1);
  }

  private Path state() {
    return folder.resolve("state");
  }

  @ParameterizedTest
  @CsvSource({".log, EMPTIED", ".sst, CHANGED", "CURRENT, DELETED"})
  void damage_stopsTheStartWithOneLineThatNamesTheWayOut(String kind, Damage damage)
      throws Exception {
    assertStartIsRefused(kind, damage);
  }

  @ParameterizedTest
  @CsvSource({
    ".log, CHANGED",
    ".log, DELETED",
    ".sst, DELETED",
    ".sst, EMPTIED",
    "MANIFEST, CHANGED",
    "MANIFEST, DELETED",
    "MANIFEST, EMPTIED",
    "CURRENT, CHANGED",
    "CURRENT, EMPTIED"
  })
  @Tag("long")
  void otherDamage_stopsTheStartToo(String kind, Damage damage) throws Exception {
    assertStartIsRefused(kind, damage);
  }

  private void assertStartIsRefused(String kind, Damage damage) throws Exception {
    // Given
    Stores.write(state());
    Stores.damage(state(), kind, damage);

    // When
    try (JarProcess process = tributary().start()) {
      int status = process.awaitExit(PATIENCE);

      // Then
      List<String> errors =
          process.output().lines().filter(line -> line.contains("ERROR")).toList();
      assertEquals(1, status);
      assertEquals(1, errors.size(), process.output());
      assertTrue(errors.get(0).contains("MERGE_STATE_DIR='state'"), errors.get(0));
      assertTrue(errors.get(0).contains("is damaged: "), errors.get(0));
      assertTrue(errors.get(0).endsWith("java -jar target/tributary.jar set-aside"), errors.get(0));
      assertFalse(process.output().lines().anyMatch(line -> line.startsWith("corruption")));
    }
  }

  @Test
  void writeThatWasUnderWay_isCutOffAndTheRestDelivered() throws Exception {
    // Given
    int stored = Stores.writeAndTear(state());

    // When
    try (RecordingApi api = new RecordingApi();
        JarProcess process = tributary().set(Setting.ANALYTICS_API_BASE_URL, api.url()).start()) {

      // Then
      await().atMost(PATIENCE).until(() -> delivered(api).size() == stored);
      assertFalse(process.output().contains("corruption of"), process.output());
    }
  }

  @Test
  void folderInUse_isNotSetAside() throws Exception {
    // Given
    Stores.write(state());
    try (Store user = Stores.open(state());
        JarProcess command = tributary().argument("set-aside").start()) {

      // When
      int status = command.awaitExit(PATIENCE);

      // Then
      assertEquals(1, status);
      assertEquals(1, command.output().lines().count(), command.output());
      assertTrue(command.output().contains("in use by another process"), command.output());
      assertTrue(user.isUsable());
    }
  }

  @Test
  void readOnlyFolder_stopsTheStartWithOneLine() throws Exception {
    // Given
    try (SmallDisk disk = SmallDisk.mount(state(), 16)) {
      Stores.write(state());
      disk.forbidWriting();

      // When
      try (JarProcess process = tributary().start()) {
        int status = process.awaitExit(PATIENCE);

        // Then
        assertEquals(1, status);
        List<String> errors =
            process.output().lines().filter(line -> line.contains("ERROR")).toList();
        assertEquals(1, errors.size(), process.output());
        assertTrue(errors.get(0).contains("MERGE_STATE_DIR='state'"), errors.get(0));
        assertTrue(errors.get(0).contains("Read-only"), errors.get(0));
        assertFalse(errors.get(0).contains("set-aside"), errors.get(0));
      }
    }
  }

  /** The whole of what the operating guide says. */
  @Test
  @Tag("long")
  void folderThatIsSetAside_canBeReadFromKafkaAgain() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      // Given
      api.answering((attempt, number) -> Answer.status(503));
      send("old");
      try (JarProcess process = running(api)) {
        await().atMost(PATIENCE).until(() -> !api.attempts().isEmpty());
        await().atMost(PATIENCE).until(() -> Kafka.lag(customers, customers) == 0);
        process.terminate();
        process.awaitExit(PATIENCE);
      }
      Stores.damage(state(), "CURRENT", Damage.EMPTIED);
      String eventId = api.attempts().get(0).key().replace("\"", "");
      api.answering((attempt, number) -> Answer.status(200));

      // When
      try (JarProcess command = running(api, "set-aside")) {
        assertEquals(0, command.awaitExit(PATIENCE), command.output());

        // Then
        assertTrue(command.output().contains("pending " + eventId), command.output());
        assertTrue(command.output().contains("1 messages"), command.output());
      }
      send("new");
      try (JarProcess process = running(api)) {
        await().atMost(PATIENCE).until(() -> delivered(api).contains(Stores.record("new")));
        assertFalse(delivered(api).contains(Stores.record("old")));
        await().atMost(PATIENCE).until(() -> Kafka.lag(customers, customers) == 0);
        process.terminate();
        process.awaitExit(PATIENCE);
      }

      // And when
      resetOffsets();

      // Then
      try (JarProcess process = running(api)) {
        await().atMost(PATIENCE).until(() -> delivered(api).contains(Stores.record("old")));
        assertTrue(process.isAlive());
      }
    }
  }

  private JarProcess running(RecordingApi api, String... arguments) throws Exception {
    JarProcess.Builder builder = tributary().set(Setting.ANALYTICS_API_BASE_URL, api.url());
    List.of(arguments).forEach(builder::argument);
    return builder.start();
  }

  private void send(String id) {
    Kafka.send(List.of(new ProducerRecord<>(customers, message(id, Stores.record(id)))));
  }

  /** As the command does that is printed: when the group has forgotten the process. */
  private void resetOffsets() throws Exception {
    TopicPartition partition = new TopicPartition(customers, 0);
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.brokers()))) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  admin
                      .describeConsumerGroups(List.of(customers))
                      .all()
                      .get()
                      .get(customers)
                      .members()
                      .isEmpty());
      long first =
          admin
              .listOffsets(Map.of(partition, OffsetSpec.forTimestamp(0)))
              .partitionResult(partition)
              .get()
              .offset();
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      offsets.put(partition, new OffsetAndMetadata(first));
      admin.alterConsumerGroupOffsets(customers, offsets).all().get();
    }
  }

  private static List<String> delivered(RecordingApi api) {
    List<String> records = new ArrayList<>();
    api.applied().values().forEach(body -> records.addAll(records(body, "customers")));
    return records;
  }
}
