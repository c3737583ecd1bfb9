package io.tributary.bench;

import java.util.ArrayList;
import java.util.List;

/** The two programs that are compared. */
enum Program {
  TRIBUTARY("Tributary") {
    @Override
    List<String> arguments(BenchSettings settings) {
      return flags(settings, "-jar", settings.jar().toString());
    }
  },
  HAND_WRITTEN("hand-written") {
    @Override
    List<String> arguments(BenchSettings settings) {
      return flags(
          settings, "-cp", System.getProperty("java.class.path"), HandWritten.class.getName());
    }
  };

  private static final String HEAP = "-Xmx512m";

  private final String label;

  Program(String label) {
    this.label = label;
  }

  /** Its name in the table. */
  String label() {
    return label;
  }

  /** The arguments of the command {@code java}: the same flags for both. */
  abstract List<String> arguments(BenchSettings settings);

  private static List<String> flags(BenchSettings settings, String... program) {
    List<String> arguments = new ArrayList<>();
    arguments.add(HEAP);
    arguments.addAll(settings.flags());
    arguments.addAll(List.of(program));
    return arguments;
  }
}
