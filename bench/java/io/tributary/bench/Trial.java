package io.tributary.bench;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A program that runs, from a cold JVM. */
final class Trial implements AutoCloseable {
  private final Sink sink;
  private final Path folder;
  private final Child child;
  private final Management management;
  private final long startMillis;

  private Trial(Sink sink, Path folder, Child child, Management management, long startMillis) {
    this.sink = sink;
    this.folder = folder;
    this.child = child;
    this.management = management;
    this.startMillis = startMillis;
  }

  /** Starts it in a folder, whose name is that of the consumer group, too. */
  static Trial start(Stage stage, Path folder, Launch launch) throws IOException {
    Map<String, String> environment = new HashMap<>();
    launch.changed().forEach((setting, value) -> environment.put(setting.name(), value));
    environment.put(Setting.KAFKA_BOOTSTRAP_SERVERS.name(), stage.brokers());
    environment.put(Setting.KAFKA_CUSTOMER_TOPIC.name(), launch.topics().customers());
    environment.put(Setting.KAFKA_INVENTORY_TOPIC.name(), launch.topics().products());
    environment.put(Setting.KAFKA_GROUP_ID.name(), folder.getFileName().toString());
    environment.put(Setting.ANALYTICS_API_BASE_URL.name(), stage.sink().url());
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    environment.put(Setting.MANAGEMENT_PORT.name(), String.valueOf(port));
    long start = System.currentTimeMillis();
    Child child = Child.start(folder, launch.arguments(stage.settings()), environment);
    return new Trial(stage.sink(), folder, child, new Management(port), start);
  }

  /** Runs a program until it has delivered a backlog, each record once. */
  static Result drain(Stage stage, String name, Launch launch, Backlog backlog)
      throws IOException, InterruptedException {
    stage.sink().reset();
    Path folder = stage.folder(name);
    Result result;
    try (Trial trial = start(stage, folder, launch)) {
      result = trial.awaitAll(backlog);
    }
    Folder.delete(folder);
    return result;
  }

  /** The figures, when all of a backlog has arrived, each record once. */
  Result awaitAll(Backlog backlog) throws IOException, InterruptedException {
    sink.await(2 * backlog.recordsOfEach(), child);
    Result result =
        Result.of(
            startMillis, sink.arrivals(), backlog.topics(), proc().cpu(), proc().peakMegabytes());
    sink.figures().requireEach(backlog.recordsOfEach());
    return result;
  }

  Child child() {
    return child;
  }

  Proc proc() {
    return child.proc();
  }

  Management management() {
    return management;
  }

  /** When the process was started, in milliseconds since the epoch. */
  long startMillis() {
    return startMillis;
  }

  /** The consumer group. */
  String group() {
    return folder.getFileName().toString();
  }

  /** The state folder. */
  Path state() {
    return folder.resolve(Setting.MERGE_STATE_DIR.defaultValue());
  }

  @Override
  public void close() {
    child.close();
  }
}
