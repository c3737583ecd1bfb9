package io.tributary.bench;

import io.tributary.demo.AvroMessages;
import io.tributary.demo.StubRegistry;
import io.tributary.settings.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Whether Tributary is as fast whatever the batch, the memory, the partitions and the payload. */
final class Flatness implements Measurement {
  private static final int PLAIN_BYTES = 1000;

  private final int rounds;
  private final Map<Series, List<Case>> cases = new EnumMap<>(Series.class);

  /** Cases that differ in one thing. */
  private enum Series {
    BATCHES("messages in a batch"),
    KEYS("remembered keys"),
    PARTITIONS("partitions"),
    PAYLOADS("payload"),
    FORMATS("format");

    private final String title;

    Series(String title) {
      this.title = title;
    }
  }

  private record Case(String label, Backlog backlog, Launch launch) {}

  Flatness(BenchSettings settings) {
    rounds = settings.rounds(1);
    int messages = settings.messages(200_000);
    for (Series each : settings.choices("bench.series", Series.class, List.of(Series.values()))) {
      List<Case> its =
          switch (each) {
            case BATCHES -> batches(settings, messages);
            case KEYS -> keys(settings);
            case PARTITIONS -> partitions(settings, messages);
            case PAYLOADS -> payloads(settings, messages);
            case FORMATS -> formats(settings, messages);
          };
      cases.put(each, its);
    }
  }

  @Override
  public void run(Stage stage) throws IOException, InterruptedException {
    List<Column<Result>> columns = new ArrayList<>(Result.COLUMNS);
    columns.add(Result.LAST_QUARTER);
    int trial = 0;
    for (Map.Entry<Series, List<Case>> series : cases.entrySet()) {
      for (Case one : series.getValue()) {
        stage.fill(one.backlog());
      }
      Table<Result> table = new Table<>(series.getKey().title, columns);
      for (int round = 1; round <= rounds; round++) {
        for (Case one : series.getValue()) {
          String name = "flat-" + ++trial;
          Result result = Trial.drain(stage, name, one.launch(), one.backlog());
          table.add(one.label(), one.label(), result);
        }
      }
      table.printMedians();
      table.printRatiosTo(series.getValue().get(0).label());
    }
  }

  private static List<Case> batches(BenchSettings settings, int messages) {
    Backlog backlog = Backlog.of(messages, settings.partitions(), PLAIN_BYTES);
    List<Case> cases = new ArrayList<>();
    for (int size : settings.wholes("bench.batches", 1, 500_000, 100, 1_000, 10_000, 100_000)) {
      Launch launch =
          Launch.of(Program.TRIBUTARY, backlog.topics())
              .with(Setting.MERGE_MAX_MESSAGES, size)
              .with(Setting.MERGE_MAX_BYTES, Math.max(5_000_000L, 2L * PLAIN_BYTES * size));
      cases.add(new Case("%,d".formatted(size), backlog, launch));
    }
    return cases;
  }

  /** The backlog has as many entries as the largest memory keeps. */
  private static List<Case> keys(BenchSettings settings) {
    List<Integer> sizes = settings.wholes("bench.keys", 1, 100_000_000, 10_000, 10_000_000);
    int largest = sizes.stream().mapToInt(Integer::intValue).max().orElseThrow();
    int messages = Math.max(1, largest / (2 * SampleEvents.MOST_RECORDS));
    Backlog backlog = Backlog.of(messages, settings.partitions(), PLAIN_BYTES);
    List<Case> cases = new ArrayList<>();
    for (int size : sizes) {
      Launch launch =
          Launch.of(Program.TRIBUTARY, backlog.topics())
              .withHeap("4g")
              .with(Setting.IDEMPOTENCY_CACHE_SIZE, size);
      cases.add(new Case("%,d".formatted(size), backlog, launch));
    }
    return cases;
  }

  private static List<Case> partitions(BenchSettings settings, int messages) {
    List<Case> cases = new ArrayList<>();
    for (int partitions : settings.wholes("bench.partition.counts", 1, 1_000, 1, 3, 12)) {
      Backlog backlog = Backlog.of(messages, partitions, PLAIN_BYTES);
      cases.add(plain("%,d".formatted(partitions), backlog));
    }
    return cases;
  }

  /** The backlogs have the same number of bytes. */
  private static List<Case> payloads(BenchSettings settings, int messages) {
    List<Case> cases = new ArrayList<>();
    List<Integer> sizes =
        settings.wholes(
            "bench.payloads", SampleEvents.LEAST_BYTES, 1_000_000, 200, 1_000, 20_000, 500_000);
    for (int bytes : sizes) {
      int fewer = (int) Math.max(1, (long) messages * PLAIN_BYTES / bytes);
      cases.add(
          plain("%,d bytes".formatted(bytes), Backlog.of(fewer, settings.partitions(), bytes)));
    }
    return cases;
  }

  /** The same messages; the registry is asked once for each consumer. */
  private static List<Case> formats(BenchSettings settings, int messages) {
    StubRegistry registry = new StubRegistry();
    Backlog json = Backlog.of(messages, settings.partitions(), PLAIN_BYTES);
    Topics topics = json.topics();
    AvroMessages written = new AvroMessages(registry, 1, SampleEvents.NESTED_FIELDS);
    String name = "avro-" + topics.name();
    Topics same = new Topics(name, topics.partitions(), PLAIN_BYTES, written);
    Launch launch =
        Launch.of(Program.TRIBUTARY, same).with(Setting.SCHEMA_REGISTRY_URL, registry.url());
    return List.of(plain("JSON", json), new Case("Avro", new Backlog(same, messages), launch));
  }

  private static Case plain(String label, Backlog backlog) {
    return new Case(label, backlog, Launch.of(Program.TRIBUTARY, backlog.topics()));
  }
}
