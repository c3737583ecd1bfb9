package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import io.tributary.support.Rig;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the packaged jar spares itself at each start. */
class StartIT {
  private static final Path CLASS_DATA = Path.of("src/build/class-data.options");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @RegisterExtension final Rig rig = new Rig();
  private final Path folder = rig.folder();

  @Test
  void start_loadsNothingThatNobodyUses() throws Exception {
    // Given
    Management management = rig.management();
    Path loaded = folder.resolve("classes.log");

    // When
    try (JarProcess process =
        rig.jar().jvm("-Xlog:class+load:file=" + loaded + "::filecount=0").start()) {
      await()
          .ignoreExceptions()
          .until(() -> management.get("/observe/health/ready").contains("\"status\":\"UP\""));
    }

    // Then
    Set<String> classes;
    try (Stream<String> lines = Files.lines(loaded)) {
      classes = lines.flatMap(line -> Arrays.stream(line.split(" "))).collect(toSet());
    }
    assertTrue(classes.contains(Tributary.class.getName()));
    for (String unused :
        List.of(
            "org.jboss.jandex.",
            "org.apache.kafka.shaded.",
            "io.opentelemetry.sdk.",
            "picocli.",
            "io.tributary.replay.")) {
      assertFalse(classes.stream().anyMatch(name -> name.startsWith(unused)), unused);
    }
  }

  @Test
  void jvmOptions_areTakenWithoutAWord() throws Exception {
    // When
    Process process =
        new ProcessBuilder(JAVA, "@jvm.options", "-XX:+PrintCommandLineFlags", "-version")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    // Then
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("-XX:+UseParallelGC"), output);
    assertFalse(output.toLowerCase(Locale.ROOT).contains("warning"), output);
  }

  @Test
  void classes_comeFromTheArchiveThatTheBuildMade() throws Exception {
    // When
    Process process =
        new ProcessBuilder(
                JAVA, "@jvm.options", "-Xlog:class+load", "-jar", "target/tributary.jar", "help")
            .redirectErrorStream(true)
            .start();
    List<String> loaded;
    try (BufferedReader output = process.inputReader(UTF_8)) {
      loaded = output.lines().filter(line -> line.contains(" source: ")).toList();
    }

    // Then
    assertEquals(0, process.waitFor());
    assertTrue(
        loaded.stream()
            .anyMatch(
                line ->
                    line.contains(" " + Tributary.class.getName() + " ")
                        && line.endsWith("shared objects file (top)")),
        () -> String.join("\n", loaded));
  }

  /**
   * A build of somebody whose settings name the brokers that are in use must not read from them.
   */
  @Test
  void startThatMakesTheArchive_readsNothing() throws Exception {
    // Given
    String customers = rig.customers();
    rig.send("1");
    List<String> options = new ArrayList<>(Files.readAllLines(CLASS_DATA));
    assertTrue(options.removeIf(option -> option.startsWith("-XX:ArchiveClassesAtExit=")));
    Path withoutTheArchive = Files.write(folder.resolve("class-data.options"), options);

    // When
    try (JarProcess process =
        rig.jar()
            .shell(
                "'%s' @'%s' -XX:SharedArchiveFile=target/tributary.jsa -D%s='%s' -D%s=%d -jar target/tributary.jar"
                    .formatted(
                        JAVA,
                        withoutTheArchive,
                        Setting.MERGE_STATE_DIR.property(),
                        folder.resolve("class-data"),
                        Setting.MANAGEMENT_PORT.property(),
                        Ports.free()))
            .start()) {
      int status = process.awaitExit();

      // Then
      assertEquals(0, status, process.output());
      assertTrue(process.output().contains("Consumer started"), process.output());
    }
    assertTrue(Files.size(Path.of("target/tributary.jsa")) > 1_000_000);
    assertEquals(Set.of(), Kafka.groupsOf(Set.of(customers, "class-data")));
  }

  /** A setting that is new says on which side it is. */
  @Test
  void startThatMakesTheArchive_hasEverySettingThatNamesSomebodyElse() throws Exception {
    // Given
    EnumSet<Setting> harmless =
        EnumSet.of(
            Setting.KAFKA_CUSTOMER_TOPIC,
            Setting.KAFKA_INVENTORY_TOPIC,
            Setting.KAFKA_CUSTOMER_CONSUMERS,
            Setting.KAFKA_INVENTORY_CONSUMERS,
            Setting.ANALYTICS_API_TIMEOUT,
            Setting.ANALYTICS_API_GZIP,
            Setting.DEAD_LETTER_TOPIC);
    harmless.addAll(EnumSet.range(Setting.MAX_RETRIES, Setting.MERGE_FLUSH_INTERVAL_FULL));
    harmless.addAll(EnumSet.range(Setting.MERGE_MAX_MESSAGES, Setting.MERGE_MAX_BYTES));
    harmless.add(Setting.MERGE_MAX_PENDING_BATCHES);
    harmless.addAll(EnumSet.range(Setting.SERVICE_NAME, Setting.SERVICE_VERSION));
    harmless.addAll(EnumSet.range(Setting.LOG_LEVEL, Setting.LOG_FORMAT));
    List<String> options = Files.readAllLines(CLASS_DATA);

    // Then
    for (Setting setting : EnumSet.complementOf(harmless)) {
      String option = "-D" + setting.property() + "=";
      assertTrue(options.stream().anyMatch(line -> line.startsWith(option)), option);
    }
  }
}
