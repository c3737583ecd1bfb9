package io.tributary.bench;

import io.tributary.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures Tributary against {@link HandWritten}: both drain the same backlog into the same sink,
 * in turn, each in a JVM of its own. See {@code bench/README.md}.
 */
public final class Bench {
  private static final String CUSTOMERS = "bench_customers";
  private static final String PRODUCTS = "bench_products";

  private final BenchSettings settings;
  private final String brokers;
  private final Sink sink;
  private final long expectedOfEach;

  private Bench(BenchSettings settings, String brokers, Sink sink) {
    this.settings = settings;
    this.brokers = brokers;
    this.sink = sink;
    this.expectedOfEach = (long) settings.messages() * SampleEvents.RECORDS;
  }

  /** Ends with status 1 when a run fails, or delivers other than each record once. */
  public static void main(String[] args) {
    // Maven does not end what it runs when it is ended itself.
    var unused =
        ProcessHandle.current()
            .parent()
            .map(parent -> parent.onExit().thenRun(() -> System.exit(1)));
    try {
      run(BenchSettings.read());
      System.exit(0);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(BenchSettings settings) throws IOException, InterruptedException {
    Path scratch = settings.scratch();
    delete(scratch);
    Path broker = Files.createDirectories(scratch.resolve("broker"));
    Path sink = Files.createDirectories(scratch.resolve("sink"));
    try (Child brokerChild =
            Child.start(
                broker,
                own(
                    BrokerProcess.class,
                    List.of("-Xmx1g", "-Djava.io.tmpdir=" + broker),
                    List.of("ready", "" + settings.partitions(), CUSTOMERS, PRODUCTS)),
                Map.of());
        Child sinkChild =
            Child.start(
                sink,
                own(
                    SinkProcess.class,
                    List.of("-Xmx512m", "-Dsun.net.httpserver.nodelay=true"),
                    List.of("ready")),
                Map.of())) {
      String brokers = brokerChild.awaitReady(broker.resolve("ready"));
      Sink ready = new Sink(sinkChild.awaitReady(sink.resolve("ready")));
      fill(settings, brokers);
      new Bench(settings, brokers, ready).rounds();
    }
  }

  private static List<String> own(Class<?> main, List<String> flags, List<String> arguments) {
    List<String> program = List.of("-cp", System.getProperty("java.class.path"), main.getName());
    return Stream.of(flags, program, arguments).flatMap(List::stream).toList();
  }

  private static void fill(BenchSettings settings, String brokers) {
    System.out.printf(
        "%,d messages of %d bytes on each of 2 topics, %d partitions%n",
        settings.messages(), settings.payloadBytes(), settings.partitions());
    SampleEvents customers = new SampleEvents('C', settings.partitions(), settings.payloadBytes());
    SampleEvents products = new SampleEvents('P', settings.partitions(), settings.payloadBytes());
    Backlog.fill(brokers, CUSTOMERS, customers, settings.messages());
    Backlog.fill(brokers, PRODUCTS, products, settings.messages());
  }

  private void rounds() throws IOException, InterruptedException {
    ResultTable table = new ResultTable();
    System.out.println(ResultTable.header());
    List<Program> order = new ArrayList<>(List.of(Program.values()));
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Program program : order) {
        Result result = run(program, program.label() + "-" + round);
        table.add(program, result);
        System.out.println(ResultTable.line(program.label() + " " + round, result));
      }
      Collections.reverse(order);
    }
    System.out.println(table.medians());
  }

  private Result run(Program program, String name) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(settings.scratch().resolve(name));
    copySettings(folder);
    sink.reset();
    Result result;
    long start = System.currentTimeMillis();
    try (Child child = Child.start(folder, program.arguments(settings), environment(name))) {
      sink.await(2 * expectedOfEach, child);
      Duration cpu = child.cpu();
      long peak = child.peakMegabytes();
      result = Result.of(start, sink.figures().arrivals(), cpu, peak);
    }
    check(sink.figures());
    delete(folder);
    return result;
  }

  private void check(Tally.Figures figures) {
    boolean right =
        figures.customers() == expectedOfEach
            && figures.products() == expectedOfEach
            && figures.doubled() == 0
            && figures.miscounted() == 0;
    if (!right) {
      throw new IllegalStateException(
          "Not each record once: %,d customers and %,d products of %,d each, %,d doubled, %d batches miscounted"
              .formatted(
                  figures.customers(),
                  figures.products(),
                  expectedOfEach,
                  figures.doubled(),
                  figures.miscounted()));
    }
  }

  private Map<String, String> environment(String name) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put(Setting.KAFKA_BOOTSTRAP_SERVERS.name(), brokers);
    environment.put(Setting.KAFKA_CUSTOMER_TOPIC.name(), CUSTOMERS);
    environment.put(Setting.KAFKA_INVENTORY_TOPIC.name(), PRODUCTS);
    environment.put(Setting.KAFKA_GROUP_ID.name(), name);
    environment.put(Setting.ANALYTICS_API_BASE_URL.name(), sink.url());
    environment.put(Setting.MERGE_FLUSH_INTERVAL.name(), "2");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      environment.put(Setting.MANAGEMENT_PORT.name(), String.valueOf(free.getLocalPort()));
    }
    return environment;
  }

  private void copySettings(Path folder) throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        settings.home().resolve("application.properties"),
        folder.resolve("application.properties"));
    try (Stream<Path> files = Files.list(settings.home().resolve("routes"))) {
      for (Path file : files.toList()) {
        Files.copy(file, routes.resolve(file.getFileName()));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(folder)) {
      inside.sorted((a, b) -> b.compareTo(a)).forEach(Bench::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
