package io.tributary;

import static io.tributary.support.Messages.message;
import static io.tributary.support.Messages.records;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The README's line for Camel JBang, in a shell that finds {@code camel}. The build has fetched
 * what it needs.
 */
class CamelRunIT {
  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final Path folder = rig.folder();

  @BeforeEach
  void installCamel() throws IOException {
    String script =
        "#!/bin/sh\nexec '%s' @'%s' '%s' \"$@\"\n"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                PROJECT.resolve("target/camel-jbang.options"),
                PROJECT.resolve("src/test/camel-jbang/CamelJBang.java"));
    Path camel = Files.writeString(folder.resolve("camel"), script);
    Files.setPosixFilePermissions(camel, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(folder.resolve("src"), PROJECT.resolve("src"));
  }

  private static String lineOfTheReadme() throws IOException {
    Matcher line =
        Pattern.compile("`(camel run [^`]+)`").matcher(Files.readString(Path.of("README.md")));
    assertTrue(line.find(), "The README has no line for camel run");
    return line.group(1);
  }

  private JarProcess.Builder shell(String line) {
    return rig.jar()
        .shell(line + " --download=false")
        .variable("PATH", folder + ":" + System.getenv("PATH"));
  }

  private static void send(String topic, String... ids) {
    Kafka.send(
        Arrays.stream(ids)
            .map(id -> new ProducerRecord<byte[], byte[]>(topic, message(id, record(id))))
            .toList());
  }

  private static String record(String id) {
    return "{\"id\":\"" + id + "\"}";
  }

  /** The records of a section that were delivered, all batches together. */
  private List<String> delivered(String section) {
    return api.attempts().stream()
        .filter(attempt -> attempt.body().contains("\"" + section + "\":["))
        .flatMap(attempt -> records(attempt.body(), section).stream())
        .toList();
  }

  private static void await(JarProcess process, ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .failFast(() -> assertTrue(process.isAlive(), process::output))
        .untilAsserted(assertion);
  }

  @Test
  void lineOfTheReadme_deliversABatchAndServesWhatTheJarServes() throws Exception {
    // Given
    send(customers, "C1");

    // When
    JarProcess process = shell(lineOfTheReadme()).start();
    await(process, () -> assertEquals(List.of(record("C1")), delivered("customers")));

    // Then
    assertEquals(
        Files.readString(Path.of("src/main/resources/page/status.html")), management.get("/"));
    assertTrue(
        management
            .get("/observe/jolokia/exec/java.lang:type=Memory/gc")
            .contains("\"status\":403"));
    assertEquals(OptionalDouble.of(0), management.figure("tributary_unaccounted_events"));
  }

  @Test
  @Tag("long")
  void unusableSetting_stopsTheStart() throws Exception {
    // When
    JarProcess process =
        shell(lineOfTheReadme())
            .set(Setting.MANAGEMENT_PORT, URI.create(api.url()).getPort())
            .start();
    int status = process.awaitExit();

    // Then
    assertEquals(1, status);
    assertTrue(process.output().contains("MANAGEMENT_PORT='"), process.output());
    assertTrue(process.output().contains("a port that is free on"), process.output());
  }

  @Test
  @Tag("long")
  void editedRoute_takesEffectWithDev() throws Exception {
    // Given
    Path call = folder.resolve("routes/api.camel.yaml");
    JarProcess process = shell(lineOfTheReadme() + " --dev").start();
    send(customers, "C1");
    await(process, () -> assertEquals(List.of(record("C1")), delivered("customers")));

    // When
    String edited = Files.readString(call).replace("{{tributary.api.url}}", api.url() + "/edited");
    Files.writeString(call, edited);
    for (int i = 2; !api.attempts().get(api.attempts().size() - 1).path().equals("/edited"); i++) {
      int number = i;
      send(customers, "C1", "C" + number);
      await(process, () -> assertTrue(delivered("customers").contains(record("C" + number))));
    }

    // Then
    List<String> delivered = delivered("customers");
    assertEquals(delivered.stream().distinct().toList(), delivered);
  }
}
