package io.tributary.bench;

import java.io.IOException;

/** One suite, ready to run. It prints its table as it goes on. */
interface Measurement {
  /**
   * Runs it.
   *
   * @throws IllegalStateException when a program fails, or delivers other than each record once
   */
  void run(Stage stage) throws IOException, InterruptedException;
}
