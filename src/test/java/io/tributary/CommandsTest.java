package io.tributary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs nobody who runs, and no broker. */
class CommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void help_listsTheCommandsAndTheExitStatuses(String arguments) {
    // When
    int status = execute(arguments);

    // Then
    assertEquals(0, status);
    assertTrue(out.toString().startsWith("Usage: java -jar target/tributary.jar ["));
    Set<String> words = Set.copyOf(Arrays.asList(out.toString().split("\\s+")));
    assertTrue(words.containsAll(List.of("health", "replay", "help", "status:", "143")));
    assertEquals("", err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"replay --help", "replay --all -h", "help replay"})
  void helpOfReplay_listsItsOptions(String arguments) {
    // When
    int status = execute(arguments);

    // Then
    assertEquals(0, status);
    assertTrue(out.toString().startsWith("Usage: java -jar target/tributary.jar replay ["));
    for (String option : List.of("--reason", "--from", "--to", "--id", "--all", "--dry-run")) {
      assertTrue(out.toString().contains("  " + option), option);
    }
    assertEquals("", err.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "replay --version"})
  void version_isTheProjects(String argument) {
    // When
    int status = execute(argument);

    // Then
    assertEquals(0, status);
    assertEquals("Tributary " + System.getProperty("project.version"), out.toString().strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "repla                  | Unmatched argument at index 0: 'repla' # Did you mean: java -jar target/tributary.jar replay",
        "health now             | Unmatched argument at index 1: 'now'",
        "-duration 5            | Unknown options: '-duration', '5'",
        "replay                 | What is meant? # Usage: ",
        "replay --al            | Unknown option: '--al' # --all",
        "replay --dry --all     | Unknown option: '--dry' # --dry-run",
        "replay refused-by-api  | Unmatched argument at index 1: 'refused-by-api'",
        "replay --all --id x    | With --all nothing else",
        "replay --reason        | Missing required parameter for option '--reason'",
        "replay --id --dry-run  | Expected parameter for option '--id' but found '--dry-run'",
        "replay --reason refused | there is no reason 'refused'; there are [tombstone, empty, not-utf8",
        "replay --to yesterday  | option '--to': cannot convert 'yesterday'"
      })
  void whatCannotBeMeant_isRefusedWithTheNearest(String arguments, String why) {
    // When
    int status = execute(arguments);

    // Then
    assertEquals(2, status);
    assertEquals("", out.toString());
    for (String words : why.split(" # ")) {
      assertTrue(err.toString().contains(words), err.toString());
    }
  }

  private int execute(String arguments) {
    return Commands.execute(
        Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), arguments.split(" "));
  }
}
