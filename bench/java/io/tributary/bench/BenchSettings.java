package io.tributary.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What is measured, from the system properties {@code bench.*}.
 *
 * @param messages messages in each of the two topics
 * @param rounds runs of each program
 * @param partitions partitions of each topic
 * @param payloadBytes bytes of a message
 * @param flags more JVM flags for the programs that are measured
 * @param home the project's folder
 */
record BenchSettings(
    int messages, int rounds, int partitions, int payloadBytes, List<String> flags, Path home) {

  static BenchSettings read() {
    return new BenchSettings(
        positive("bench.messages", 200_000),
        positive("bench.rounds", 3),
        positive("bench.partitions", 3),
        positive("bench.payload.bytes", 1000),
        List.of(System.getProperty("bench.flags", "").split(" ")).stream()
            .filter(flag -> !flag.isBlank())
            .toList(),
        Path.of(System.getProperty("bench.home", "")).toAbsolutePath());
  }

  /** The packaged program. */
  Path jar() {
    return home.resolve("target/tributary.jar");
  }

  /** Where everything that a run leaves behind goes. */
  Path scratch() {
    return home.resolve("target/bench");
  }

  private static int positive(String name, int otherwise) {
    int value = Integer.getInteger(name, otherwise);
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, not " + value);
    }
    return value;
  }
}
