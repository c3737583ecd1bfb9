package io.tributary.reliability;

import static io.tributary.reliability.KafkaFaults.delivered;
import static io.tributary.reliability.KafkaFaults.troubles;
import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.demo.EmbeddedBroker;
import io.tributary.settings.Setting;
import io.tributary.support.LogLines;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Polls that fail, since the broker has something that its client cannot read. */
@Tag("reliability")
class UnreadableRecordsTest {
  private static final String CUSTOMERS = "unread-customers";
  private static final String PRODUCTS = "unread-products";

  @TempDir Path folder;
  private EmbeddedBroker broker;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() {
    broker = new EmbeddedBroker(0, Map.of("log.dirs", folder.resolve("log").toString())).start();
    broker.createTopic(CUSTOMERS, 2);
    broker.createTopic(PRODUCTS, 1);
    producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  @Test
  void corruptBatch_isNeitherSkippedNorHoldsUpOtherPartitions() throws Exception {
    // Given
    send(CUSTOMERS, 0, "C1");
    send(CUSTOMERS, 0, "C2");
    send(CUSTOMERS, 0, "C3");
    send(CUSTOMERS, 1, "C4");
    damage(CUSTOMERS, 0, "C2");
    try (RecordingApi api = new RecordingApi();
        LogLines lines = LogLines.of("io.tributary.intake");
        RunningTributary running = tributary(api)) {
      // When
      await().until(() -> delivered(api).containsAll(List.of(record("C1"), record("C4"))));
      String trouble =
          "Kafka is not read: unread-customers: cannot be read (unread-customers-0 at offset 1: ";
      await().until(() -> troubles(running).startsWith(trouble));
      String told = troubles(running);

      // Then
      assertTrue(told.contains("Record is corrupt"), told);
      send(CUSTOMERS, 1, "C5");
      send(PRODUCTS, 0, "P1");
      await().until(() -> delivered(api).containsAll(List.of(record("C5"), record("P1"))));
      await().during(Duration.ofSeconds(5)).until(() -> troubles(running).equals(told));
      assertEquals(1, committed(CUSTOMERS, 0));
      assertEquals(1, lines.count("WARN unread-customers-0 cannot be read"));
      assertEquals(0, lines.count("INFO unread-customers-0 does not fail"));
      assertEquals(1, lines.count("INFO Consumer started: topics=[unread-customers]"));

      // When
      damage(CUSTOMERS, 0, "C2");

      // Then
      await().until(() -> delivered(api).containsAll(List.of(record("C2"), record("C3"))));
      await().until(() -> troubles(running).isEmpty());
      assertEquals(5 + 1, delivered(api).size());
      assertEquals(1, lines.count("INFO unread-customers-0 does not fail any more"));
      assertEquals(1, lines.count("WARN unread-customers-0 cannot be read"));
      await().until(() -> committed(CUSTOMERS, 0) == 3);
    }
  }

  @Test
  void pollThatFailsAsAWhole_isTriedAgainWithPauses() throws Exception {
    // Given another program in the group, which shares partitions out in its own way
    send(CUSTOMERS, 0, "C1");
    try (RecordingApi api = new RecordingApi();
        LogLines lines = LogLines.of("io.tributary.intake");
        LogLines all = LogLines.of("")) {
      KafkaConsumer<byte[], byte[]> other = otherMember();
      try (RunningTributary running = tributary(api)) {
        // When
        String trouble = "unread-customers: cannot be read (";
        await().until(() -> troubles(running).contains(trouble));
        await().during(Duration.ofSeconds(10)).until(() -> troubles(running).contains(trouble));

        // Then
        assertTrue(troubles(running).contains("InconsistentGroupProtocolException"));
        assertEquals(1, lines.count("WARN unread-customers cannot be read"));
        long clients = lines.count("INFO Consumer started: topics=[unread-customers]");
        assertTrue(clients >= 2 && clients <= 6, clients + " clients");
        assertEquals(0, all.count("WARN Exception "));
        assertTrue(all.all().stream().noneMatch(line -> line.contains("JoinGroup failed")));
        assertEquals(0, all.count("WARN Requesting the consumer to re-connect"));

        // When
        other.close();

        // Then
        await().until(() -> delivered(api).contains(record("C1")));
        await().until(() -> troubles(running).isEmpty());
        await().until(() -> lines.count("INFO unread-customers does not fail any more") == 1);
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> otherMember() {
    KafkaConsumer<byte[], byte[]> other =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "tributary",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                RangeAssignor.class.getName()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    other.subscribe(List.of("another"));
    await()
        .until(
            () -> {
              other.poll(Duration.ofMillis(100));
              return other.groupMetadata().generationId() > 0;
            });
    return other;
  }

  private RunningTributary tributary(RecordingApi api) throws Exception {
    return RunningTributary.with(folder.resolve("state"), broker.bootstrapServers(), api.url())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, CUSTOMERS)
        .set(Setting.KAFKA_INVENTORY_TOPIC, PRODUCTS)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .start();
  }

  /** One record in a batch of its own. */
  private void send(String topic, int partition, String id) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, partition, null, message("m" + id, record(id))))
        .get();
  }

  private static String record(String id) {
    return "{\"id\":\"" + id + "\"}";
  }

  /** Turns a bit around in the broker's file; the second time it is as before. */
  private void damage(String topic, int partition, String id) throws IOException {
    Path segment =
        folder.resolve("log").resolve(topic + "-" + partition).resolve("0".repeat(20) + ".log");
    String text = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1);
    int place = text.indexOf(record(id)) + record(id).length();
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(place);
      int before = file.read();
      file.seek(place);
      file.write(before ^ 1);
    }
  }

  private long committed(String topic, int partition) throws Exception {
    return broker
        .admin()
        .listConsumerGroupOffsets("tributary")
        .partitionsToOffsetAndMetadata()
        .get()
        .get(new TopicPartition(topic, partition))
        .offset();
  }
}
