package io.tributary.container;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.container.ImageProcess.Image;
import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The image's own commands, on its own files, as its own user. */
class ImageIT {
  private static final String STAGE = "tributary";

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Path folder = rig.folder();
  private final Map<Setting, String> settings = new EnumMap<>(Setting.class);

  /** Laid out once, since its layer with the classes takes long; nothing can write to it. */
  @TempDir static Path shared;

  private static Dockerfile dockerfile;
  private static Image image;

  @BeforeAll
  static void layOutUnlessThereAreNoNamespaces() throws Exception {
    ImageProcess.assumePossible();
    dockerfile = Dockerfile.read(Path.of("Dockerfile"));
    image = Image.of(dockerfile, STAGE, Path.of(""), shared.resolve("image"));
  }

  @Test
  void entryPoint_deliversFromAReadOnlyTreeAndStopsAtSigterm() throws Exception {
    // Given
    Path volume = ImageProcess.volume(folder.resolve("volume"), dockerfile.last(STAGE, "USER"));
    // A new disk of its own has this folder.
    Files.createDirectory(
        volume.resolve("lost+found"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    rig.settings((setting, value) -> settings.put(setting, String.valueOf(value)));
    List<String> entryPoint = Dockerfile.exec(dockerfile.last(STAGE, "ENTRYPOINT"));
    List<String> healthCheck = dockerfile.healthCheck(STAGE);

    // When
    int healthBefore;
    String saidBefore;
    try (ImageProcess check = image.start(insistingOnTheArchive(healthCheck), volume, settings)) {
      healthBefore = check.awaitExit();
      saidBefore = check.output();
    }
    try (ImageProcess container = image.start(entryPoint, volume, settings)) {
      // The codecs of which the client has native code, and those of which it has none
      for (String codec : List.of("zstd", "snappy", "lz4", "gzip")) {
        send(codec);
      }
      await("batches").until(() -> api.applied().toString().split("\"id\":").length == 5);

      // Then
      try (ImageProcess check = image.start(healthCheck, volume, settings)) {
        assertEquals(0, check.awaitExit(), check.output());
        assertTrue(check.output().contains("\"status\":\"UP\""), check.output());
      }
      container.terminate();
      assertEquals(0, container.awaitExit(), container.output());
      assertTrue(container.output().contains("Stopped"), container.output());
    }
    assertEquals(1, healthBefore);
    assertTrue(saidBefore.contains("Tributary is not alive"), saidBefore);
  }

  /** What this stands on: it is as closed as a container that may write to its volumes only. */
  @Test
  void tree_canBeWrittenInTheStateFolderAndTmpOnly() throws Exception {
    // Given
    String user = dockerfile.last(STAGE, "USER");
    String script =
        "touch state/file /tmp/file || exit 1; test $(id -u):$(id -g) = %s || exit 2; test $$ = 1 || exit 3;"
            + " for f in file routes/file /var/tmp/file /etc/file; do ! touch $f || exit 4; done";

    // When
    try (ImageProcess shell =
        image.start(
            List.of("/bin/sh", "-c", script.formatted(user)),
            ImageProcess.volume(folder.resolve("volume"), user),
            settings)) {

      // Then
      assertEquals(0, shell.awaitExit(), shell.output());
    }
  }

  /** A JVM that ends when the archive of its classes does not fit. */
  private static List<String> insistingOnTheArchive(List<String> command) {
    List<String> insisting = new ArrayList<>(command);
    insisting.add(1, "-Xshare:on");
    return insisting;
  }

  private void send(String codec) throws Exception {
    Map<String, Object> producing =
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            Kafka.brokers(),
            ProducerConfig.COMPRESSION_TYPE_CONFIG,
            codec);
    try (var producer =
        new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(customers, message(codec, "{\"id\":\"" + codec + "\"}")))
          .get();
    }
  }
}
