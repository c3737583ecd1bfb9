package io.tributary;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Messages;
import io.tributary.support.OrderStream;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged jar, as an operator starts and stops it. */
class JarIT {
  @RegisterExtension final Rig rig = new Rig(2, 2);
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Path folder = rig.folder();

  @ParameterizedTest
  @CsvSource({
    "MERGE_FLUSH_INTERVAL, soon, a number of seconds",
    "MERGE_STATE_DIR, application.properties/state, the state folder"
  })
  void unusableSetting_stopsTheStartWithOneLine(Setting setting, String value, String allowed)
      throws Exception {
    assertStops(setting, value, allowed);
  }

  /** Each is refused by the same code, see SettingsTest. */
  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "MERGE_MAX_MESSAGES, 0, a whole number from 1",
    "ANALYTICS_API_BASE_URL, localhost:8081, an http://",
    "MANAGEMENT_PORT, 99999, a whole number from 1 to 65535",
    "KAFKA_BOOTSTRAP_SERVERS, nowhere, host:port",
    "LOG_FORMAT, xml, 'text, json'",
    "JOLOKIA_WRITE, on, write access needs a password",
    "CONTENT_DEDUPE, sometimes, 'latest, window, off'"
  })
  void anotherUnusableSetting_stopsTheStartWithOneLine(
      Setting setting, String value, String allowed) throws Exception {
    assertStops(setting, value, allowed);
  }

  private void assertStops(Setting setting, String value, String allowed) throws Exception {
    // When
    JarProcess process = rig.jar().set(setting, value).start();
    int status = process.awaitExit();

    // Then
    List<String> lines = process.output().lines().filter(line -> line.contains("ERROR")).toList();
    assertEquals(1, status);
    assertEquals(1, lines.size(), process.output());
    assertTrue(lines.get(0).contains(setting.name()), lines.get(0));
    assertTrue(lines.get(0).contains("'" + value + "'"), lines.get(0));
    assertTrue(lines.get(0).contains(allowed), lines.get(0));
  }

  @Test
  void unusableSettingWithALogAsJson_isToldAsOneObject() throws Exception {
    // When
    JarProcess process =
        rig.jar().set(Setting.LOG_FORMAT, "json").set(Setting.MERGE_MAX_MESSAGES, "none").start();
    process.awaitExit();

    // Then
    List<JsonNode> lines = process.output().lines().map(Messages::json).toList();
    JsonNode last = lines.get(lines.size() - 1);
    assertTrue(last.path("message").textValue().contains("MERGE_MAX_MESSAGES='none'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application.properties", "routes/*.camel.yaml"})
  void folderWithoutSettingsOrRoutes_stopsTheStartWithOneLine(String missing) throws Exception {
    // Given
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/routes")).getParent();
    if (missing.startsWith("routes")) {
      Files.createFile(elsewhere.resolve("application.properties"));
    }
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path jar = Path.of("target/tributary.jar").toAbsolutePath();

    // When
    JarProcess process =
        rig.jar().shell("env -C '%s' '%s' -jar '%s'".formatted(elsewhere, java, jar)).start();
    int status = process.awaitExit();

    // Then
    assertEquals(1, status);
    assertEquals(1, process.output().lines().count(), process.output());
    assertTrue(process.output().contains("no " + missing + " in '"), process.output());
    assertTrue(process.output().contains(elsewhere.toString()), process.output());
  }

  @ParameterizedTest
  @CsvSource({
    "beann:, 'routes/statistics.camel.yaml:12: Unknown node id: beann'",
    "'bean: {ref: nobody}', 'in the route ''statistics-report'': No bean'"
  })
  void unusableRoute_stopsTheStartWithOneLine(String step, String wrong) throws Exception {
    // Given
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String shipped = Files.readString(Path.of("routes/statistics.camel.yaml"));
    Files.writeString(
        routes.resolve("statistics.camel.yaml"), shipped.replaceFirst("bean:(?s:.*)", step));

    // When
    JarProcess process = rig.jar().start();
    int status = process.awaitExit();

    // Then
    List<String> lines = process.output().lines().filter(line -> !line.contains("INFO")).toList();
    assertEquals(1, status);
    assertEquals(1, lines.size(), process.output());
    assertTrue(lines.get(0).contains("Tributary cannot start: routes/statistics.camel.yaml"));
    assertTrue(lines.get(0).contains(wrong), lines.get(0));
  }

  @Test
  void managementPortInUse_stopsTheStartWithOneLine() throws Exception {
    // Given
    int port = URI.create(api.url()).getPort();

    // When
    JarProcess process = rig.jar().set(Setting.MANAGEMENT_PORT, port).start();
    int status = process.awaitExit();

    // Then
    List<String> errors = process.output().lines().filter(line -> line.contains("ERROR")).toList();
    assertEquals(1, status);
    assertEquals(1, errors.size(), process.output());
    assertTrue(errors.get(0).contains("MANAGEMENT_PORT='" + port + "'"), errors.get(0));
  }

  /** DamagedStateIT has a user of the folder that is no second process. */
  @Tag("long")
  @Test
  void stateFolderInUse_stopsTheSecondStart() throws Exception {
    // Given
    JarProcess first = rig.jar().start();
    rig.send("C1");
    await().until(() -> api.applied().size() == 1);

    // When
    JarProcess second = rig.jar().set(Setting.MANAGEMENT_PORT, Ports.free()).start();
    int status = second.awaitExit();

    // Then
    assertEquals(1, status);
    assertTrue(second.output().contains("MERGE_STATE_DIR='state'"), second.output());
    assertTrue(second.output().contains("in use by another process"), second.output());
    assertTrue(first.isAlive());
  }

  @Test
  void thirdStreamOnATopicThatIsRead_stopsTheStartWithOneLine() throws Exception {
    // Given
    Path routes = Files.createDirectories(folder.resolve("routes"));
    String shipped = Files.readString(Path.of("routes/intake.camel.yaml"));
    Files.writeString(routes.resolve("intake.camel.yaml"), shipped + OrderStream.of(customers));

    // When
    JarProcess process = rig.jar().start();
    int status = process.awaitExit();

    // Then
    List<String> lines = process.output().lines().filter(line -> !line.contains("INFO")).toList();
    assertEquals(1, status);
    assertEquals(1, lines.size(), process.output());
    assertTrue(
        lines
            .get(0)
            .contains(
                "Tributary cannot start: the route 'order-intake' has the topic '"
                    + customers
                    + "' of the route 'customer-intake'; each stream must have"),
        lines.get(0));
  }
}
