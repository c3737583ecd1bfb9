package io.tributary.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tributary at full speed for a long time: whether what it needs levels off. */
final class Soak implements Measurement {
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final Duration time;
  private final Duration interval;
  private final int ahead;
  private final Topics topics;

  Soak(BenchSettings settings) {
    time = Duration.ofSeconds(settings.whole("bench.seconds", 6, 864_000, 600));
    int most = (int) Math.max(1, time.toSeconds() / 6);
    interval =
        Duration.ofSeconds(settings.whole("bench.sample.seconds", 1, most, Math.min(most, 30)));
    ahead = settings.messages(100_000);
    topics = new Topics("soak", settings.partitions(), settings.payloadBytes());
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    // Small segments, since what was read is deleted by whole segments.
    stage.create(topics, Map.of("segment.bytes", "67108864"));
    Path folder = stage.folder("soak");
    Stage.say("For %d s, %,d messages ahead on each topic".formatted(time.toSeconds(), ahead));
    List<Sample> samples = new ArrayList<>();
    try (Trial trial = Trial.start(stage, folder, Launch.of(Program.TRIBUTARY, topics));
        Feed feed = Feed.fast(stage.brokers(), topics);
        ReadRecords read = new ReadRecords(stage, trial.group())) {
      Table<Sample> table = new Table<>("at s", Sample.COLUMNS);
      long start = System.nanoTime();
      long messagesBefore = 0;
      Duration before = Duration.ZERO;
      for (Duration at = interval; at.compareTo(time) <= 0; at = at.plus(interval)) {
        feedUntil(start + at.toNanos(), feed, stage, trial);
        Duration now = Duration.ofNanos(System.nanoTime() - start);
        long messages = delivered(stage);
        double seconds = now.minus(before).toMillis() / 1000.0;
        Sample sample = Sample.of(trial, (messages - messagesBefore) / seconds);
        samples.add(sample);
        table.add("samples", String.valueOf(now.toSeconds()), sample);
        messagesBefore = messages;
        before = now;
        read.delete();
      }
      feed.flush();
      trial.awaitAll(new Backlog(topics, feed.sent()));
    }
    Folder.delete(folder);
    Stage.say("\nEach record was delivered once.");
    Stage.say(Sample.verdict(samples));
  }

  /** Keeps the topics filled; never so far ahead that the disk would fill up. */
  private void feedUntil(long nanoTime, Feed feed, Stage stage, Trial trial)
      throws IOException, InterruptedException {
    while (System.nanoTime() < nanoTime) {
      if (2L * feed.sent() - delivered(stage) < 2L * ahead) {
        feed.send(1_000);
      } else {
        trial.child().requireRunning(MOMENT);
      }
    }
  }

  private long delivered(Stage stage) throws IOException, InterruptedException {
    return stage.sink().figures().records() / topics.recordsOfMessage();
  }
}
