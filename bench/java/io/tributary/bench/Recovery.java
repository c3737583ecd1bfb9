package io.tributary.bench;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How long a start takes after a kill, with batches open and pending in the state folder. */
final class Recovery implements Measurement {
  private static final List<Column<Figures>> COLUMNS =
      List.of(
          new Column<>("state MB", "%.1f", Figures::stateMegabytes),
          new Column<>("pending batches", "%.0f", Figures::pending),
          new Column<>("ready s", "%.2f", Figures::readySeconds),
          new Column<>("first POST s", "%.2f", Figures::firstSeconds),
          new Column<>("from ready to the first POST s", "%.2f", Figures::firstAfterReady),
          new Column<>("all delivered s", "%.2f", Figures::deliveredSeconds));

  private static final String DELIVERED = "all delivered before";

  private final int rounds;
  private final int messages;
  private final int partitions;
  private final int payloadBytes;

  private record Figures(
      double stateMegabytes,
      double pending,
      double readySeconds,
      double firstSeconds,
      double deliveredSeconds) {
    double firstAfterReady() {
      return firstSeconds - readySeconds;
    }
  }

  Recovery(BenchSettings settings) {
    rounds = settings.rounds(3);
    messages = settings.messages(50_000);
    partitions = settings.partitions();
    payloadBytes = settings.payloadBytes();
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    Backlog backlog = Backlog.of(messages, partitions, payloadBytes);
    stage.fill(backlog);
    String stored = "%,d messages stored".formatted(backlog.allMessages());
    Table<Figures> table = new Table<>("restart", COLUMNS);
    for (int round = 1; round <= rounds; round++) {
      Path folder = stage.folder("recovery-" + round);
      double pending = store(stage, folder, backlog);
      stage.sink().up();
      table.add(stored, stored, restart(stage, folder, backlog, pending));
      stage.sink().reset();
      table.add(DELIVERED, DELIVERED, restart(stage, folder, backlog, 0));
      Folder.delete(folder);
    }
    table.printMedians();
  }

  /** Stores all with the API down, and ends with a kill; the number of pending batches. */
  private static double store(Stage stage, Path folder, Backlog backlog)
      throws IOException, InterruptedException {
    stage.sink().reset();
    stage.sink().down();
    Launch launch =
        Launch.of(Program.TRIBUTARY, backlog.topics())
            .with(Setting.MERGE_FLUSH_INTERVAL, 3600)
            .with(Setting.MERGE_MAX_PENDING_BATCHES, 100_000);
    try (Trial trial = Trial.start(stage, folder, launch)) {
      while (trial.management().mergedMessages() < backlog.allMessages()) {
        trial.child().requireRunning(Duration.ofMillis(100));
      }
      double pending = trial.management().pendingBatches();
      trial.child().kill();
      return pending;
    }
  }

  /** Starts on what is in the folder, until that is delivered. */
  private static Figures restart(Stage stage, Path folder, Backlog backlog, double pending)
      throws IOException, InterruptedException {
    double state = Folder.megabytes(folder.resolve(Setting.MERGE_STATE_DIR.defaultValue()));
    try (Trial trial = Trial.start(stage, folder, Launch.of(Program.TRIBUTARY, backlog.topics()))) {
      while (!trial.management().isReady()) {
        trial.child().requireRunning(Duration.ofMillis(20));
      }
      double ready = (System.currentTimeMillis() - trial.startMillis()) / 1000.0;
      if (pending == 0) {
        return new Figures(state, 0, ready, Double.NaN, Double.NaN);
      }
      Result all = trial.awaitAll(backlog);
      return new Figures(state, pending, ready, all.firstSeconds(), all.allSeconds());
    }
  }
}
