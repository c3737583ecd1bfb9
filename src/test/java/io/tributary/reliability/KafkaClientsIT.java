package io.tributary.reliability;

import static io.tributary.reliability.KafkaFaults.delivered;
import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What stands in the way of Kafka's client in a process of its own. */
@Tag("reliability")
class KafkaClientsIT {
  @RegisterExtension final Rig rig = new Rig(2, 1);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final Path folder = rig.folder();

  @Test
  void recordWhoseLibraryCannotBeUnpacked_isReadAfterARestart() throws Exception {
    assertIsReadAfterARestart(CompressionType.SNAPPY);
  }

  @Test
  @Tag("long")
  void recordOfZstdWhoseLibraryCannotBeUnpacked_isReadAfterARestart() throws Exception {
    assertIsReadAfterARestart(CompressionType.ZSTD);
  }

  private void assertIsReadAfterARestart(CompressionType codec) throws Exception {
    // Given
    send(codec, customers, 0, "C1");
    send(CompressionType.NONE, customers, 1, "C2");
    send(CompressionType.NONE, products, 0, "P1");

    // When
    Path nowhere = Files.createFile(folder.resolve("file")).resolve("folder");
    try (JarProcess process =
        tributary()
            .jvm("-DZstdTempFolder=" + nowhere)
            .jvm("-Dorg.xerial.snappy.tempdir=" + nowhere)
            .start()) {
      await().until(() -> delivered(api).containsAll(List.of(record("C2"), record("P1"))));
      String trouble = "cannot be read (%s-0 at offset 0: ".formatted(customers);
      await().ignoreExceptions().until(() -> readiness().contains(trouble));
      await().during(Duration.ofSeconds(5)).until(() -> readiness().contains(trouble));

      // Then
      assertTrue(readiness().contains("a restart is needed"), readiness());
      String output = process.output();
      assertTrue(output.lines().filter(line -> line.contains(" - WARN - ")).count() <= 1, output);
      String started = "Consumer started: topics=[" + customers;
      assertTrue(output.lines().filter(line -> line.contains(started)).count() <= 2, output);
      assertEquals(2, delivered(api).size());
      assertEquals(1, Kafka.lag(customers, customers));
    }
    JarProcess process = tributary().start();
    await().until(() -> delivered(api).contains(record("C1")));
    await().until(() -> Kafka.lag(customers, customers) == 0);
    assertTrue(process.isAlive());
  }

  @Test
  void brokerWhoseNameIsKnownLater_isReadThen() throws Exception {
    // Given
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
    String broker = "kafka.example:" + Kafka.brokers().split(":", 2)[1];
    send(CompressionType.NONE, customers, 0, "C1");
    JarProcess process =
        tributary()
            .set(Setting.KAFKA_BOOTSTRAP_SERVERS, broker)
            .jvm("-Djdk.net.hosts.file=" + hosts)
            .start();
    await().ignoreExceptions().until(() -> readiness().contains("no broker answers at " + broker));

    // When
    Files.writeString(hosts, "127.0.0.1 localhost kafka.example\n");

    // Then
    await().until(() -> delivered(api).contains(record("C1")));
    await().until(() -> readiness().contains("\"status\":\"UP\""));
    String output = process.output();
    assertTrue(output.contains(customers + " does not fail any more"), output);
    assertTrue(output.lines().noneMatch(line -> line.startsWith("\tat ")), output);
  }

  private JarProcess.Builder tributary() {
    return rig.jar().set(Setting.MERGE_FLUSH_INTERVAL, "0.5");
  }

  private String readiness() throws Exception {
    return management.get("/observe/health/ready");
  }

  private static void send(CompressionType codec, String topic, int partition, String id)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = Kafka.producer(codec)) {
      byte[] value = message("m" + id, record(id));
      producer.send(new ProducerRecord<>(topic, partition, null, value)).get();
    }
  }

  private static String record(String id) {
    return "{\"id\":\"" + id + "\"}";
  }
}
