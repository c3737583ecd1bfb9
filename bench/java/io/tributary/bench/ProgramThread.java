package io.tributary.bench;

import java.io.IOException;

/** A thread of a program that is measured; when its work fails, the program ends with status 1. */
final class ProgramThread {
  private ProgramThread() {}

  interface Work {
    void run() throws IOException, InterruptedException;
  }

  @SuppressWarnings("CatchAndPrintStackTrace") // all that is left to do
  static void start(String name, Work work) {
    Runnable orExit =
        () -> {
          try {
            work.run();
          } catch (IOException | InterruptedException | RuntimeException e) {
            e.printStackTrace();
            System.exit(1);
          }
        };
    new Thread(orExit, name).start();
  }
}
