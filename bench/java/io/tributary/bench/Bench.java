package io.tributary.bench;

/** Measures Tributary; see {@code bench/README.md}. */
public final class Bench {
  private Bench() {}

  /** Ends with status 1 when a property cannot be used, or when a run fails. */
  public static void main(String[] args) {
    // Maven does not end what it runs when it is ended itself.
    var unused =
        ProcessHandle.current()
            .parent()
            .map(parent -> parent.onExit().thenRun(() -> System.exit(1)));
    BenchSettings settings = new BenchSettings();
    try {
      Measurement measurement = settings.suite().measurement(settings);
      try (Stage stage = Stage.open(settings)) {
        measurement.run(stage);
      }
      System.exit(0);
    } catch (BadProperty e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }
}
