package io.tributary.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The system properties {@code bench.*}. One that is absent or empty has its default, which belongs
 * to the suite that reads it.
 */
final class BenchSettings {
  /** The suite to run. */
  Suite suite() {
    String name = "bench.suite";
    String value = value(name);
    return value.isEmpty() ? Suite.MAIN : constant(name, Suite.class, value);
  }

  /** The programs to measure. */
  List<Program> programs(Program... otherwise) {
    return choices("bench.programs", Program.class, List.of(otherwise));
  }

  /** Constants of the suite's own, separated by commas. */
  <E extends Enum<E>> List<E> choices(String name, Class<E> type, List<E> otherwise) {
    List<E> chosen =
        words(name).stream().map(word -> constant(name, type, word)).distinct().toList();
    return chosen.isEmpty() ? otherwise : chosen;
  }

  int messages(int otherwise) {
    return whole("bench.messages", 1, 100_000_000, otherwise);
  }

  int rounds(int otherwise) {
    return whole("bench.rounds", 1, 1000, otherwise);
  }

  int partitions() {
    return whole("bench.partitions", 1, 1000, 3);
  }

  int payloadBytes() {
    return whole("bench.payload.bytes", SampleEvents.LEAST_BYTES, 1_000_000, 1000);
  }

  /** More JVM flags for the programs that are measured. */
  List<String> flags() {
    return words("bench.flags");
  }

  /** A number of the suite's own. */
  int whole(String name, int least, int most, int otherwise) {
    String value = value(name);
    return value.isEmpty() ? otherwise : parse(name, value, least, most);
  }

  /** Numbers of the suite's own, separated by commas. */
  List<Integer> wholes(String name, int least, int most, Integer... otherwise) {
    List<Integer> values =
        words(name).stream().map(word -> parse(name, word, least, most)).toList();
    return values.isEmpty() ? List.of(otherwise) : values;
  }

  /** The project's folder. */
  Path home() {
    return Path.of(value("bench.home")).toAbsolutePath();
  }

  /** Where everything that a run leaves behind goes. */
  Path scratch() {
    return home().resolve("target/bench");
  }

  private static <E extends Enum<E>> E constant(String name, Class<E> type, String value) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> word(constant).equals(value))
        .findFirst()
        .orElseThrow(
            () -> {
              List<String> words =
                  Arrays.stream(type.getEnumConstants()).map(BenchSettings::word).toList();
              return new BadProperty(name, "one of " + String.join(", ", words), value);
            });
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static int parse(String name, String value, int least, int most) {
    String allowed = "a whole number from %d to %d".formatted(least, most);
    try {
      int number = Integer.parseInt(value);
      if (number < least || number > most) {
        throw new BadProperty(name, allowed, value);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new BadProperty(name, allowed, value);
    }
  }

  private static List<String> words(String name) {
    return Arrays.stream(value(name).split("[,\\s]+")).filter(word -> !word.isEmpty()).toList();
  }

  private static String value(String name) {
    return System.getProperty(name, "").strip();
  }
}
