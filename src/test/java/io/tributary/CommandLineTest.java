package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not a start, and needs nobody who runs. */
class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(
      strings = {"help", "--help", "-h", "-help", "replay --help", "replay --all -h", "health -h"})
  void help_isTheUsage(String arguments) {
    // When
    OptionalInt status = execute(arguments.split(" "));

    // Then
    assertEquals(OptionalInt.of(0), status);
    assertTrue(out.toString(UTF_8).startsWith("Usage: java -jar target/tributary.jar [command]"));
    Set<String> words = Set.copyOf(Arrays.asList(out.toString(UTF_8).split("\\s+")));
    assertTrue(words.containsAll(List.of("health", "replay", "--dry-run", "help")));
    assertEquals("", err.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "-version"})
  void version_isTheProjects(String argument) {
    // When
    OptionalInt status = execute(argument);

    // Then
    assertEquals(OptionalInt.of(0), status);
    assertEquals("Tributary " + System.getProperty("project.version"), out.toString(UTF_8).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"repair", "health now", "--verbose", "set-aside"})
  void unknownArgument_isRefusedWithTheUsage(String arguments) {
    // When
    OptionalInt status = execute(arguments.split(" "));

    // Then
    assertEquals(OptionalInt.of(2), status);
    assertEquals("", out.toString(UTF_8));
    assertTrue(err.toString(UTF_8).startsWith("Tributary does not know '" + arguments + "'."));
    assertTrue(err.toString(UTF_8).contains("Usage: "), err.toString(UTF_8));
  }

  @Test
  void unknownOptionOfReplay_isRefusedWithItsUsage() {
    // When
    OptionalInt status = execute("replay", "--al");

    // Then
    assertEquals(OptionalInt.of(2), status);
    assertEquals("", out.toString(UTF_8));
    assertTrue(err.toString(UTF_8).startsWith("There is no option '--al'"), err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).contains("tributary.jar replay (--reason <reason> |"));
  }

  @Test
  void noArgumentAndOptionsOfCamel_startIt() {
    assertEquals(OptionalInt.empty(), execute());
    assertEquals(OptionalInt.empty(), execute("-duration", "5"));
  }

  private OptionalInt execute(String... arguments) {
    return CommandLine.execute(
        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), arguments);
  }
}
