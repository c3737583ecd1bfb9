package io.tributary.container;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.container.Dockerfile.Instruction;
import io.tributary.container.ImageProcess.Image;
import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The images from their sources to a flow: the build stages' own commands in a clean folder that
 * has what they copy and no more, and then what {@code docker compose up} starts, but the broker.
 * It uses the ports of the demo.
 */
@Tag("long")
class ImageBuildIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void images_builtFromSources_makeAFlow() throws Exception {
    // Given
    ImageProcess.assumePossible();
    Dockerfile dockerfile = Dockerfile.read(Path.of("Dockerfile"));
    Path build = build(dockerfile, "demo-build");
    Image demo = Image.of(dockerfile, "demo", build, folder.resolve("demo"));
    Image tributary = Image.of(dockerfile, "tributary", build, folder.resolve("tributary"));
    Path volume =
        ImageProcess.volume(folder.resolve("volume"), dockerfile.last("tributary", "USER"));
    int port = Ports.free();
    Map<Setting, String> settings =
        Map.of(
            Setting.KAFKA_BOOTSTRAP_SERVERS,
            Kafka.brokers(),
            Setting.ANALYTICS_API_BASE_URL,
            "http://127.0.0.1:8081",
            Setting.MERGE_FLUSH_INTERVAL,
            "1",
            Setting.MANAGEMENT_PORT,
            String.valueOf(port));

    // When
    try (ImageProcess api = demo.start(command(demo, "MockApi"), volume, settings);
        ImageProcess producers = demo.start(command(demo, "SampleProducers"), volume, settings);
        ImageProcess service =
            tributary.start(
                Dockerfile.exec(dockerfile.last("tributary", "ENTRYPOINT")), volume, settings)) {
      await()
          .atMost(PATIENCE)
          .until(() -> api.output().contains("customers=") && api.output().contains("products="));

      // Then
      assertEquals(0, new Management(port).figure("tributary_unaccounted_events").orElse(-1));
      service.terminate();
      assertEquals(0, service.awaitExit(), service.output());
      producers.terminate();
      producers.awaitExit();
      assertTrue(producers.output().contains("full sync"), producers.output());
    }
  }

  private static List<String> command(Image demo, String main) {
    List<String> command =
        new ArrayList<>(Dockerfile.exec(demo.dockerfile().last("demo", "ENTRYPOINT")));
    command.add("io.tributary.demo." + main);
    return command;
  }

  /** Runs what stands in the stage, with this machine's Maven and the libraries that it has. */
  private Path build(Dockerfile dockerfile, String stage) throws Exception {
    Path build = Files.createDirectory(folder.resolve("build"));
    for (Instruction instruction : dockerfile.instructionsOf(stage)) {
      String arguments = instruction.arguments();
      if (instruction.keyword().equals("COPY")) {
        Path source = Path.of(arguments.split(" ")[0]);
        ImageProcess.copyTree(source, build.resolve(source));
      } else if (instruction.keyword().equals("RUN")) {
        String command = arguments.replaceAll("--mount=\\S+ ", "").replaceFirst("^mvn ", "mvn -o ");
        Process run =
            new ProcessBuilder("/bin/sh", "-c", command)
                .directory(build.toFile())
                .inheritIO()
                .start();
        assertEquals(0, run.waitFor(), command);
      }
    }
    return build;
  }
}
