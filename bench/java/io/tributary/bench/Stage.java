package io.tributary.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * What all programs are measured on: a broker and a sink, each in a process of its own, and a
 * folder that is emptied first.
 */
final class Stage implements AutoCloseable {
  private final BenchSettings settings;
  private final Child brokerProcess;
  private final Child sinkProcess;
  private final String brokers;
  private final Sink sink;
  private final Set<Backlog> filled = new HashSet<>();

  private Stage(
      BenchSettings settings, Child brokerProcess, Child sinkProcess, String brokers, Sink sink) {
    this.settings = settings;
    this.brokerProcess = brokerProcess;
    this.sinkProcess = sinkProcess;
    this.brokers = brokers;
    this.sink = sink;
  }

  /** Starts both; returns when they are ready. */
  static Stage open(BenchSettings settings) throws IOException, InterruptedException {
    Folder.delete(settings.scratch());
    Path broker = Files.createDirectories(settings.scratch().resolve("broker"));
    Path sink = Files.createDirectories(settings.scratch().resolve("sink"));
    Child brokerProcess =
        start(broker, BrokerProcess.class, "-Xmx1g", "-Djava.io.tmpdir=" + broker);
    Child sinkProcess =
        start(sink, SinkProcess.class, "-Xmx1g", "-Dsun.net.httpserver.nodelay=true");
    return new Stage(
        settings,
        brokerProcess,
        sinkProcess,
        brokerProcess.awaitReady(broker.resolve("ready")),
        Sink.at(sinkProcess.awaitReady(sink.resolve("ready"))));
  }

  private static Child start(Path folder, Class<?> main, String... flags) throws IOException {
    List<String> arguments =
        Stream.concat(Stream.of(flags), Child.own(main, "ready").stream()).toList();
    return Child.start(folder, arguments, Map.of());
  }

  BenchSettings settings() {
    return settings;
  }

  Sink sink() {
    return sink;
  }

  /** Where the broker's clients connect. */
  String brokers() {
    return brokers;
  }

  Admin admin() {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers));
  }

  /** Creates topics. */
  void create(Topics topics, Map<String, String> config) throws InterruptedException {
    try (Admin admin = admin()) {
      topics.create(admin, config);
    }
  }

  /** Fills topics, unless they are filled already. */
  void fill(Backlog backlog) throws InterruptedException {
    if (!filled.add(backlog)) {
      return;
    }
    create(backlog.topics(), Map.of());
    long start = System.nanoTime();
    try (Feed feed = Feed.fast(brokers, backlog.topics())) {
      feed.send(backlog.messages());
      feed.flush();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    say("%s, filled in %d s".formatted(backlog, seconds));
  }

  /** Tells the user how things go. */
  static void say(String line) {
    System.out.println(line);
  }

  /** Makes the working directory of a program, which looks like the project's folder to it. */
  Path folder(String name) throws IOException {
    Path folder = settings.scratch().resolve(name);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    for (String file : List.of("application.properties", "jvm.options")) {
      Files.copy(settings.home().resolve(file), folder.resolve(file));
    }
    // The archive of the classes fits a jar of this name only.
    Files.createSymbolicLink(folder.resolve("target"), settings.home().resolve("target"));
    try (Stream<Path> files = Files.list(settings.home().resolve("routes"))) {
      for (Path file : files.toList()) {
        Files.copy(file, routes.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  @Override
  public void close() throws IOException {
    sinkProcess.close();
    brokerProcess.close();
  }
}
