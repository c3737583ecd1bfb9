package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.metrics.Meters;
import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.LogLines;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic that has lost its beginning, or got more partitions. */
@Tag("reliability")
class TopicChangesTest {
  private static final String METADATA_AGE = "camel.component.kafka.metadata-max-age-ms";
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  @RegisterExtension final Rig rig = new Rig(2, 1);
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();

  @Test
  void offsetsThatAreDeletedUnread_areCounted() throws Exception {
    try (LogLines lines = LogLines.of("io.tributary.intake")) {
      // Given a group that is new, and to which nothing is lost
      send(0, 10);
      deleteBefore(4);
      try (RunningTributary running = tributary()) {
        await().until(() -> Kafka.lag(customers, customers) == 0);
        assertEquals(0, lost(running));
      }

      // When
      send(10, 20);
      deleteBefore(13);

      // Then
      try (RunningTributary running = tributary()) {
        await().until(() -> KafkaFaults.delivered(api).size() == 6 + 7);
        assertEquals(3, lost(running));
        String line =
            "WARN %s-1 has no offset 10 any more, reading goes on at 13".formatted(customers);
        assertEquals(1, lines.count(line));
        assertEquals(1, lines.count("WARN " + customers));
      }
    }
  }

  /** In the time that the shipped settings say, which is shorter here. */
  @Test
  void partitionsThatAreAdded_areReadWithinAMinute() throws Exception {
    Properties shipped = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
      shipped.load(file);
    }
    assertTrue(Integer.parseInt(shipped.getProperty(METADATA_AGE)) < A_MINUTE.toMillis());

    tributary();
    // Given
    send(0, 1);
    await().until(() -> api.applied().size() == 1);

    // When
    Kafka.grow(customers, 3);
    Kafka.send(List.of(new ProducerRecord<>(customers, 2, null, message("new", "{\"id\":2}"))));

    // Then
    await().until(() -> api.applied().size() == 2);
  }

  private RunningTributary tributary() throws Exception {
    return rig.tributary()
        .set(Setting.KAFKA_INVENTORY_TOPIC, customers + "-products")
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .property(METADATA_AGE, 2_000)
        .start();
  }

  private void send(int from, int to) {
    Kafka.send(
        IntStream.range(from, to)
            .mapToObj(i -> message("m" + i, "{\"id\":" + i + "}"))
            .map(value -> new ProducerRecord<byte[], byte[]>(customers, 1, null, value))
            .toList());
  }

  /** As retention does. */
  private void deleteBefore(long offset) throws Exception {
    TopicPartition partition = new TopicPartition(customers, 1);
    RecordsToDelete before = RecordsToDelete.beforeOffset(offset);
    Kafka.admin().deleteRecords(Map.of(partition, before)).all().get();
  }

  private double lost(RunningTributary running) {
    return Meters.of(running.context().getRegistry())
        .get("tributary.lost.offsets")
        .tags("topic", customers, "partition", "1")
        .counter()
        .count();
  }
}
