package io.tributary.bench;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a record takes into the store while records come at a steady rate, and the CPU for it.
 */
final class Latency implements Measurement {
  private static final List<Column<Figures>> COLUMNS =
      List.of(
          new Column<>("messages/s", "%.1f", Figures::rate),
          new Column<>("p50 ms", "%.0f", f -> f.delays().percentile(50)),
          new Column<>("p99 ms", "%.0f", f -> f.delays().percentile(99)),
          new Column<>("p99.9 ms", "%.0f", f -> f.delays().percentile(99.9)),
          new Column<>("maximum ms", "%.0f", f -> f.delays().percentile(100)),
          new Column<>("CPU % of a core", "%.1f", Figures::cpuPercent),
          new Column<>("CPU s for 100,000", "%.2f", Figures::cpuSeconds),
          new Column<>("peak RSS MB", "%.0f", Figures::peakMegabytes));

  private final List<Program> programs;
  private final int rate;
  private final Duration warmup;
  private final Duration measured;
  private final int partitions;
  private final int payloadBytes;

  private record Figures(Delays delays, Duration time, Duration cpu, double peakMegabytes) {
    double rate() {
      return delays.count() * 1000.0 / time.toMillis();
    }

    double cpuPercent() {
      return 100.0 * cpu.toMillis() / time.toMillis();
    }

    double cpuSeconds() {
      return cpu.toMillis() * 100.0 / delays.count();
    }
  }

  Latency(BenchSettings settings) {
    programs = settings.programs(Program.TRIBUTARY);
    rate = settings.whole("bench.rate", 2, 100_000, 500);
    warmup = Duration.ofSeconds(settings.whole("bench.warmup.seconds", 1, 3600, 30));
    measured = Duration.ofSeconds(settings.whole("bench.seconds", 1, 86_400, 180));
    partitions = settings.partitions();
    payloadBytes = settings.payloadBytes();
    if (programs.contains(Program.POLLING)) {
      throw new BadProperty("bench.programs", "programs that commit", "polling");
    }
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    Stage.say(
        "%d messages a second of %d bytes, %d partitions, for %d s after a warm-up of %d s"
            .formatted(rate, payloadBytes, partitions, measured.toSeconds(), warmup.toSeconds()));
    Table<Figures> table = new Table<>("program", COLUMNS);
    for (Program program : programs) {
      table.add(program.label(), program.label(), measure(stage, program));
    }
    Program.LIMITS.forEach(limit -> table.printRatiosTo(limit.label()));
  }

  private Figures measure(Stage stage, Program program) throws IOException, InterruptedException {
    String name = "latency-" + program.word();
    Topics topics = new Topics(name, partitions, payloadBytes);
    stage.create(topics, Map.of("message.timestamp.type", "LogAppendTime"));
    stage.sink().reset();
    Path folder = stage.folder(name);
    Delays delays = new Delays();
    Figures figures;
    try (Trial trial =
            Trial.start(
                stage, folder, Launch.of(program, topics).with(Setting.KAFKA_COMMIT, "stored"));
        Feed feed = new Feed(stage.brokers(), topics, Duration.ZERO, delays::appended)) {
      send(feed, warmup, trial);
      long from = System.currentTimeMillis();
      Duration cpuBefore = trial.proc().cpu();
      send(feed, measured, trial);
      Duration time = Duration.ofMillis(System.currentTimeMillis() - from);
      Duration cpu = trial.proc().cpu().minus(cpuBefore);
      trial.awaitAll(new Backlog(topics, feed.sent()));
      delays.join(GroupLog.commits(stage, trial.group()), from);
      figures = new Figures(delays, time, cpu, trial.proc().peakMegabytes());
    }
    Folder.delete(folder);
    return figures;
  }

  /** Each time a message to each topic. */
  private void send(Feed feed, Duration time, Trial trial) throws InterruptedException {
    long start = System.nanoTime();
    long pairs = time.toMillis() * rate / 2000;
    for (long i = 0; i < pairs; i++) {
      long due = start + i * 2_000_000_000L / rate;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      feed.send(1);
    }
    feed.flush();
    trial.child().requireRunning(Duration.ofMillis(1));
  }
}
