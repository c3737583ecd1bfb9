package io.tributary.bench;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A backlog with the API down until reading pauses, and then up, in little memory. */
final class Memory implements Measurement {
  private static final Duration STILL = Duration.ofSeconds(3);
  private static final Duration LONGEST_STILL = Duration.ofMinutes(1);
  private static final List<Column<Figures>> COLUMNS =
      List.of(
          new Column<>("paused after s", "%.1f", Figures::pausedSeconds),
          new Column<>("pending batches then", "%.0f", Figures::pending),
          new Column<>("messages stored then", "%.0f", Figures::stored),
          new Column<>("state MB then", "%.0f", Figures::stateMegabytes),
          new Column<>("API up to all delivered s", "%.1f", Figures::deliveredSeconds),
          new Column<>("messages/s since then", "%.0f", Figures::messages),
          new Column<>("peak RSS MB", "%.0f", Figures::peakMegabytes));

  private final Backlog backlog;
  private final int heapMegabytes;

  private record Figures(
      double pausedSeconds,
      double pending,
      double stored,
      double stateMegabytes,
      double deliveredSeconds,
      double messages,
      double peakMegabytes) {}

  Memory(BenchSettings settings) {
    backlog =
        Backlog.of(settings.messages(500_000), settings.partitions(), settings.payloadBytes());
    heapMegabytes = settings.whole("bench.heap.megabytes", 16, 100_000, 128);
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    stage.fill(backlog);
    Table<Figures> table = new Table<>("heap", COLUMNS);
    String label = "-Xmx" + heapMegabytes + "m";
    table.add(label, label, measure(stage));
    Stage.say("Each record was delivered once.");
  }

  private Figures measure(Stage stage) throws IOException, InterruptedException {
    Launch launch = Launch.of(Program.TRIBUTARY, backlog.topics()).withHeap(heapMegabytes + "m");
    int most = Integer.parseInt(launch.value(Setting.MERGE_MAX_PENDING_BATCHES));
    Path folder = stage.folder("memory");
    stage.sink().reset();
    stage.sink().down();
    Figures figures;
    try (Trial trial = Trial.start(stage, folder, launch)) {
      long paused = awaitPause(trial, most);
      double pending = trial.management().pendingBatches();
      long stored = trial.management().mergedMessages();
      double state = Folder.megabytes(trial.state());
      stage.sink().up();
      long up = System.currentTimeMillis();
      trial.awaitAll(backlog);
      double seconds = (System.currentTimeMillis() - up) / 1000.0;
      figures =
          new Figures(
              (paused - trial.startMillis()) / 1000.0,
              pending,
              stored,
              state,
              seconds,
              backlog.allMessages() / seconds,
              trial.proc().peakMegabytes());
    }
    Folder.delete(folder);
    return figures;
  }

  /**
   * When the last message was stored before reading paused, in milliseconds since the epoch.
   *
   * @throws IllegalStateException when all is stored, or nothing more is for a minute, and reading
   *     has not paused
   */
  private long awaitPause(Trial trial, int most) throws IOException, InterruptedException {
    Management management = trial.management();
    long stored = -1;
    long since = System.currentTimeMillis();
    while (true) {
      trial.child().requireRunning(Duration.ofMillis(100));
      long before = stored;
      stored = management.mergedMessages();
      if (stored != before) {
        since = System.currentTimeMillis();
      }
      long still = System.currentTimeMillis() - since;
      boolean paused = management.pendingBatches() >= most;
      if (paused && still > STILL.toMillis()) {
        return since;
      }
      if (!paused && (stored == backlog.allMessages() || still > LONGEST_STILL.toMillis())) {
        throw new IllegalStateException(
            "%,d of %,d messages were stored, and reading has not paused"
                .formatted(stored, backlog.allMessages()));
      }
    }
  }
}
