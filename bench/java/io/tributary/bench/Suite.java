package io.tributary.bench;

/** What can be measured; {@code bench.suite} takes the names in lower case. */
enum Suite {
  MAIN,
  FLAT,
  LATENCY,
  MEMORY,
  SOAK,
  RECOVERY;

  /**
   * The measurement, with its properties read.
   *
   * @throws BadProperty when one cannot be used
   */
  Measurement measurement(BenchSettings settings) {
    return switch (this) {
      case MAIN -> new Comparison(settings);
      case FLAT -> new Flatness(settings);
      case LATENCY -> new Latency(settings);
      case MEMORY -> new Memory(settings);
      case SOAK -> new Soak(settings);
      case RECOVERY -> new Recovery(settings);
    };
  }
}
