package io.tributary.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Tributary beside the limits and others, in turn, each draining the same backlog. */
final class Comparison implements Measurement {
  private final List<Program> programs;
  private final int rounds;
  private final Backlog backlog;

  Comparison(BenchSettings settings) {
    programs = settings.programs(Program.values());
    rounds = settings.rounds(3);
    int partitions = settings.partitions();
    int bytes = settings.payloadBytes();
    backlog = Backlog.of(settings.messages(500_000), partitions, bytes);
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    stage.fill(backlog);
    Table<Result> table = new Table<>("run", Result.COLUMNS);
    List<Program> order = new ArrayList<>(programs);
    // The round before the first does not count: broker and sink are JVMs that have to be compiled,
    // too, and what was filled is still on its way to the disk.
    for (int round = 0; round <= rounds; round++) {
      for (Program program : order) {
        Launch launch = Launch.of(program, backlog.topics());
        Result result = Trial.drain(stage, program.word() + "-" + round, launch, backlog);
        if (round > 0) {
          table.add(program.label(), program.label() + " " + round, result);
        }
      }
      Collections.reverse(order);
    }
    table.printMedians();
    Program.LIMITS.forEach(limit -> table.printRatiosTo(limit.label()));
  }
}
