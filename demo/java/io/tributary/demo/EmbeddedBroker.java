package io.tributary.demo;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker of one node (KRaft) inside this JVM, on the loopback address. It can be stopped
 * and started again on the same port with the same data; the data are deleted when it is closed.
 * Safe for several threads.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration LEADER_PATIENCE = Duration.ofSeconds(30);

  private final int port;
  private final TemporaryFolder folder = new TemporaryFolder("tributary-broker-");
  private final Properties settings;
  private boolean formatted;
  private @Nullable KafkaRaftServer server;
  private @Nullable Admin admin;

  /**
   * A broker that creates topics on demand, not yet started.
   *
   * @param port where clients connect; 0 takes any that is free
   */
  public EmbeddedBroker(int port) {
    this(port, Map.of());
  }

  /**
   * A broker with settings of its own, not yet started.
   *
   * @param port where clients connect; 0 takes any that is free
   * @param overrides settings as in {@code server.properties}, such as {@code
   *     auto.create.topics.enable}
   */
  public EmbeddedBroker(int port, Map<String, String> overrides) {
    try {
      this.port = port == 0 ? freePort() : port;
      this.settings = settings(this.port, freePort(), folder.path().resolve("data"));
    } catch (IOException e) {
      folder.close();
      throw new UncheckedIOException("The broker has no port", e);
    }
    settings.putAll(overrides);
  }

  /** Starts it, or starts it again; returns when clients can connect. */
  public synchronized EmbeddedBroker start() {
    if (server == null) {
      if (!formatted) {
        format();
        formatted = true;
      }
      KafkaRaftServer starting =
          new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
      starting.startup();
      server = starting;
      admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()));
    }
    return this;
  }

  /** Stops it; the data stay for the next start. */
  public synchronized void stop() {
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Stops it and deletes its data. */
  @Override
  public synchronized void close() {
    stop();
    folder.close();
  }

  /** Where clients connect, {@code host:port}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /**
   * Asks it for what the other methods do not; open until it stops.
   *
   * @throws IllegalStateException when it is stopped
   */
  public synchronized Admin admin() {
    if (admin == null) {
      throw new IllegalStateException("The broker is stopped");
    }
    return admin;
  }

  /**
   * Creates a topic; returns when the broker leads its partitions. Before that it refuses what is
   * sent there, but can take what the same producer sends next, and then never the first.
   *
   * @throws IllegalStateException when the broker refuses, as for a topic that exists
   */
  public void createTopic(String name, int partitions) {
    try {
      admin().createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
      awaitLeader(admin(), name, partitions);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Topic " + name + " cannot be created", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while topic " + name + " was created", e);
    }
  }

  private static void awaitLeader(Admin admin, String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    // Only its leader knows where a partition ends.
    await()
        .atMost(LEADER_PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .ignoreExceptionsMatching(e -> e.getCause() instanceof RetriableException)
        .until(() -> admin.listOffsets(ends).all().get().size() == partitions);
  }

  private static Properties settings(int port, int controllerPort, Path data) {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "node.id", "1",
            "process.roles", "broker,controller",
            "listeners",
                "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d"
                    .formatted(HOST, port, controllerPort),
            "advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, port),
            "controller.listener.names", "CONTROLLER",
            "controller.quorum.voters", "1@%s:%d".formatted(HOST, controllerPort),
            "log.dirs", data.toString()));
    settings.putAll(
        Map.of(
            "auto.create.topics.enable", "true",
            "offsets.topic.num.partitions", "4",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.num.partitions", "4",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0",
            // The default takes 128 MB of memory.
            "log.cleaner.dedupe.buffer.size", "2097152"));
    return settings;
  }

  private void format() {
    Path file = folder.path().resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      settings.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException("The broker's settings cannot be written", e);
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] command = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    int status = StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8));
    if (status != 0) {
      throw new IllegalStateException(
          "The broker's data folder cannot be formatted: " + said.toString(StandardCharsets.UTF_8));
    }
  }

  /** Below the ports of outgoing connections, which could take it while the broker is stopped. */
  private static int freePort() throws IOException {
    IOException taken = new IOException("No port is free");
    for (int i = 0; i < 50; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(10_000, 20_000);
      try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        taken.addSuppressed(e);
      }
    }
    throw taken;
  }
}
