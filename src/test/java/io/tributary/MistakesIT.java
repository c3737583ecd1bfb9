package io.tributary;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator mistypes, and the packaged jar says about it. */
class MistakesIT {
  @TempDir Path folder;

  @Test
  void secondRouteOfAnId_stopsTheStart() throws Exception {
    edit(
        "routes/intake.camel.yaml",
        text ->
            text
                + """

                - templatedRoute:
                    routeTemplateRef: stream-intake
                    routeId: customer-intake
                    parameters:
                      - {name: topic, value: orders_data}
                      - {name: section, value: orders}
                      - {name: countField, value: orderCount}
                """);

    assertStops(
        "routes/intake.camel.yaml: the route 'customer-intake' is in routes/intake.camel.yaml, too");
  }

  @Test
  void parameterThatTheTemplateDoesNotKnow_stopsTheStart() throws Exception {
    edit(
        "routes/intake.camel.yaml",
        text -> text.replaceFirst("name: consumers, value", "name: consumer, value"));

    assertStops(
        "routes/intake.camel.yaml: the route 'customer-intake' has the parameter 'consumer', which the"
            + " template 'stream-intake' does not know; is 'consumers' meant?");
  }

  @Test
  void fileOfRoutesThatIsNotRead_stopsTheStart() throws Exception {
    assertStopsWithDeadLettersIn("dead-letters.camel.yml");
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"dead-letters.yaml", ""})
  void fileOfRoutesOfAnotherNameOrMissing_stopsTheStart(String name) throws Exception {
    assertStopsWithDeadLettersIn(name);
  }

  private void assertStopsWithDeadLettersIn(String name) throws Exception {
    // Given
    String shipped = "dead-letters.camel.yaml";
    if (!name.isEmpty()) {
      Path routes = Files.createDirectories(folder.resolve("routes"));
      Files.copy(Path.of("routes", shipped), routes.resolve(name));
    }

    // When
    String line = stop(tributary().without(shipped));

    // Then
    assertTrue(
        line.contains(
            "routes/intake.camel.yaml: '{{section}}-send-dead-letters' calls"
                + " direct:record-dead-letters, which no route has"),
        line);
    assertTrue(
        line.contains(
            "routes/delivery.camel.yaml: 'send-dead-letter' calls direct:batch-dead-letter, which no"
                + " route has"),
        line);
    assertEquals(
        !name.isEmpty(), line.contains("does not end in .camel.yaml: routes/" + name), line);
  }

  @Test
  void missingMethod_stopsTheStart() throws Exception {
    edit("routes/statistics.camel.yaml", text -> text.replace("method: log", "method: lgo"));

    assertStops(": 'log-statistics' calls the bean 'statistics', which has no method 'lgo'");
  }

  @Test
  void settingThatNobodyKnows_stopsTheStart() throws Exception {
    edit(
        "application.properties",
        text ->
            text.replaceFirst(
                "(?m)^tributary.merge.max-messages=.*", "tributary.merge.max-mesages=9"));

    assertStops("'tributary.merge.max-mesages'; is 'tributary.merge.max-messages' meant?");
  }

  @Test
  void systemPropertyThatNobodyKnows_stopsTheStart() throws Exception {
    String line = stop(tributary().jvm("-Dtributary.tracnig=off"));

    assertTrue(line.contains("'tributary.tracnig'; is 'tributary.tracing' meant?"), line);
  }

  @Test
  void byteOrderMarkBeforeTheFirstSetting_stopsTheStart() throws Exception {
    edit("application.properties", text -> "\uFEFF" + text.substring(text.indexOf("tributary.")));

    assertStops("byte order mark", "is 'tributary.kafka.bootstrap-servers' meant?");
  }

  @Test
  void urlWithASecret_isRefusedWithoutIt() throws Exception {
    Setting setting = Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL;
    assertRefuses(setting, "http://ada:secret@h", "http://***@h");
  }

  /** The same code hides them, see SettingsTest. */
  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "ANALYTICS_API_BASE_URL, http://ada:secret@h, http://***@h",
    "ANALYTICS_API_BASE_URL, http://h/?key=secret, http://h/?***",
    "ANALYTICS_API_OAUTH2_TOKEN_URL, http://ada:secret@h, http://***@h",
    "ANALYTICS_API_OAUTH2_TOKEN_URL, http://h/t?key=secret, http://h/t?***",
  })
  void anotherUrlWithASecret_isRefusedWithoutIt(Setting setting, String url, String shown)
      throws Exception {
    assertRefuses(setting, url, shown);
  }

  private void assertRefuses(Setting setting, String url, String shown) throws Exception {
    String line =
        stop(
            tributary()
                .set(Setting.ANALYTICS_API_AUTH, "oauth2")
                .set(Setting.KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT")
                .set(Setting.KAFKA_SASL_MECHANISM, "OAUTHBEARER")
                .set(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL, "http://t")
                .set(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID, "me")
                .set(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET, "any")
                .set(setting, url));

    assertTrue(line.contains(setting + "='" + shown + "' cannot be used"), line);
    assertFalse(line.contains("secret"), line);
  }

  @Tag("long")
  @Test
  void hostWithAnUnderscore_isNamedAsTheReason() throws Exception {
    String line = stop(tributary().set(Setting.ANALYTICS_API_BASE_URL, "http://mock_api:8081"));

    assertTrue(line.contains("ANALYTICS_API_BASE_URL='http://mock_api:8081'"), line);
    assertTrue(line.contains("a host's name without an underscore"), line);
  }

  @Test
  void lineBreakInTheServicesName_stopsTheStart() throws Exception {
    String line = stop(tributary().set(Setting.SERVICE_NAME, "a\nb"));

    assertTrue(line.contains("SERVICE_NAME='a | b' cannot be used"), line);
  }

  /** So that what is refused at last shows what was taken. */
  @Test
  void settingWithoutALine_takesItsVariableAndAnEmptyValueIsNone() throws Exception {
    edit(
        "application.properties",
        text -> text.replaceFirst("(?m)^tributary.merge.max-bytes=.*", ""));

    String line =
        stop(
            tributary()
                .set(Setting.ANALYTICS_API_PASSWORD, "")
                .set(Setting.KAFKA_SASL_MECHANISM, "")
                .set(Setting.MERGE_MAX_BYTES, "many"));

    assertTrue(line.contains("MERGE_MAX_BYTES='many' cannot be used"), line);
  }

  private void edit(String file, UnaryOperator<String> change) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    String before = Files.readString(Path.of(file));
    String after = change.apply(before);
    assertFalse(before.equals(after));
    Files.writeString(path, after);
  }

  private JarProcess.Builder tributary() {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, "127.0.0.1:1")
        .set(Setting.ANALYTICS_API_BASE_URL, "http://127.0.0.1:1");
  }

  private void assertStops(String... words) throws Exception {
    String line = stop();
    assertAll(List.of(words).stream().map(word -> () -> assertTrue(line.contains(word), line)));
  }

  private String stop() throws Exception {
    return stop(tributary());
  }

  /** The one line that is not the banner. */
  private static String stop(JarProcess.Builder settings) throws Exception {
    try (JarProcess process = settings.start()) {
      int status = process.awaitExit();
      List<String> lines =
          process.output().lines().filter(line -> !line.contains(" - INFO - ")).toList();
      assertEquals(1, status, process.output());
      assertEquals(1, lines.size(), process.output());
      assertTrue(lines.get(0).contains(" - ERROR - Tributary cannot start: "), lines.get(0));
      return lines.get(0);
    }
  }
}
