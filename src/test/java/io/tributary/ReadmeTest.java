package io.tributary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README says what is true. */
class ReadmeTest {
  private static final Pattern ROW = Pattern.compile("\\| `([A-Z0-9_]+)` \\| `([^`]+)` \\|.*");
  private static final Path README = Path.of("README.md");

  @Test
  void tableOfSettings_hasEverySettingWithItsDefaultInOrder() throws Exception {
    // Given
    Map<String, String> expected = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      expected.put(setting.name(), setting.defaultValue());
    }

    // When
    Map<String, String> found = new LinkedHashMap<>();
    for (String line : Files.readAllLines(README)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        found.put(row.group(1), row.group(2));
      }
    }

    // Then
    assertEquals(expected.toString(), found.toString());
  }

  @Test
  void tableOfRoutes_hasEveryFile() throws IOException {
    String readme = Files.readString(README);
    try (Stream<Path> files = Files.list(Path.of("routes"))) {
      files.forEach(file -> assertTrue(readme.contains("(" + file + ")"), file + " is missing"));
    }
  }

  @Test
  void links_leadToFiles() throws IOException {
    Matcher links = Pattern.compile("]\\(([^)#:]+)\\)").matcher(Files.readString(README));
    while (links.find()) {
      assertTrue(Files.exists(Path.of(links.group(1))), links.group(1) + " is missing");
    }
  }
}
