package io.tributary.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.CamelContexts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in {@code application.properties}, and what must not. */
class PropertiesFileTest {
  private static final Path FILE = Path.of("application.properties");

  @Test
  void propertiesFile_hasOneLineForEachSettingAndNoOther() throws Exception {
    // Given
    Set<String> expected =
        Arrays.stream(Setting.values())
            .map(s -> s.property() + "={{env:" + s.name() + ":" + s.defaultValue() + "}}")
            .collect(Collectors.toSet());

    // When
    List<String> lines =
        Files.readAllLines(FILE).stream()
            .filter(line -> line.startsWith("tributary.") || line.contains("{{env:"))
            .toList();

    // Then
    assertEquals(expected, Set.copyOf(lines));
    assertEquals(expected.size(), lines.size(), "no setting stands twice");
  }

  @Test
  void propertiesFile_readByCamel_takesTheEnvironmentOrTheDefaults() throws Exception {
    // Given
    Settings expected =
        Settings.from(s -> System.getenv().getOrDefault(s.name(), s.defaultValue()));

    // When
    Settings settings;
    try (CamelContext context = CamelContexts.notStarted()) {
      context.getPropertiesComponent().setLocation("file:" + FILE);
      settings = Settings.of(context);
    }

    // Then
    assertEquals(expected, settings);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tributary.merge.max-mesages | 'tributary.merge.max-messages' meant",
        "tributary.merge.max-byte    | 'tributary.merge.max-bytes' meant",
        "tributary.api.url           | is 'tributary.api.",
        "tributary.orders.topic      | A property of your own needs another prefix",
        "Tributary.merge.max-bytes   | 'tributary.merge.max-bytes' meant",
        "tribtuary.merge.max-bytes   | 'tributary.merge.max-bytes' meant",
        "\u00a0tributary.merge.max-bytes | '\\u00C2\\u00A0tributary.merge.max-bytes'; is 'trib",
        "\uFEFFtributary.merge.max-bytes | first name; is 'tributary.merge.max-bytes' meant",
      })
  void nameThatNobodyKnows_isRefusedWithTheNearest(String name, String words, @TempDir Path folder)
      throws Exception {
    // Given
    String message = refusalOfFile(folder, name + "=9\n" + Files.readString(FILE));

    // Then
    assertTrue(message.startsWith("there is no setting '"), message);
    assertTrue(message.contains(words), message);
  }

  private static String refusalOfFile(Path folder, String text) throws Exception {
    Path file = Files.writeString(folder.resolve("application.properties"), text);
    try (CamelContext context = CamelContexts.notStarted()) {
      context.getPropertiesComponent().setLocation("file:" + file);
      return assertThrows(SettingException.class, () -> Settings.of(context)).getMessage();
    }
  }

  @Test
  void propertyOfSomebodyElse_isTaken(@TempDir Path folder) throws Exception {
    // Given
    Path file =
        Files.writeString(
            folder.resolve("application.properties"), "orders.topic=o\ncamel.main.name=me\n");

    // When
    try (CamelContext context = CamelContexts.notStarted()) {
      context.getPropertiesComponent().setLocation("file:" + file);
      context.build();
      Settings settings = Settings.of(context);

      // Then
      assertEquals(Settings.from(s -> System.getenv(s.name())), settings);
      // The routes find those that have no line.
      assertEquals(
          settings.text(Setting.KAFKA_CUSTOMER_TOPIC),
          context.getPropertiesComponent().parseUri("{{tributary.kafka.customer-topic}}"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sec{{ret}}", "sec{{ret", "{{env:NOT_SET_4711}}"})
  void placeholderThatNobodyKnows_isRefusedAndNotTakenForTheDefault(
      String value, @TempDir Path folder) throws Exception {
    // Given
    try (CamelContext context = CamelContexts.notStarted()) {
      Path file = folder.resolve("application.properties");
      Files.writeString(file, "tributary.api.password=" + value);
      context.getPropertiesComponent().setLocation("file:" + file);

      // When
      SettingException refusal = assertThrows(SettingException.class, () -> Settings.of(context));

      // Then
      String message = refusal.getMessage();
      assertTrue(message.contains("ANALYTICS_API_PASSWORD='{{…}}'"), message);
      assertTrue(message.contains("placeholder"), message);
      assertFalse(message.contains("ret"), message);
    }
  }
}
