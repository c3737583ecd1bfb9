package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.demo.EmbeddedBroker;
import io.tributary.settings.Setting;
import io.tributary.support.Fault;
import io.tributary.support.FaultyApi;
import io.tributary.support.JarProcess;
import io.tributary.support.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The packaged jar in a folder, with a broker, an API and a load of their own, and with other
 * members of its consumer group.
 */
final class StopSite implements AutoCloseable {
  private static final List<String> TOPICS = List.of("customer_data", "inventory_data");
  private static final long SEND_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Path folder;
  private final EmbeddedBroker broker = new EmbeddedBroker(0).start();
  private final FaultyApi api = new FaultyApi();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private final List<String> unsent = Collections.synchronizedList(new ArrayList<>());
  private final List<Future<?>> running = new ArrayList<>();
  private final OtherMembers members = new OtherMembers(broker.bootstrapServers(), TOPICS);
  private final KafkaProducer<byte[], byte[]> producer;
  private volatile boolean busy;
  private int port;
  private @Nullable JarProcess process;

  StopSite(Path folder) {
    this.folder = folder;
    TOPICS.forEach(topic -> broker.createTopic(topic, 2));
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ProducerConfig.LINGER_MS_CONFIG,
                5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void start(StopState state) throws IOException {
    api.fault(Fault.NONE);
    port = Ports.free();
    JarProcess.Builder builder =
        JarProcess.in(folder)
            .set(Setting.KAFKA_BOOTSTRAP_SERVERS, broker.bootstrapServers())
            .set(Setting.ANALYTICS_API_BASE_URL, api.url())
            .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
            .set(Setting.RETRY_BACKOFF_BASE, "0.1")
            .set(Setting.MANAGEMENT_PORT, port)
            .jvm("-Dcamel.component.kafka.session-timeout-ms=6000");
    state.settings().forEach(builder::set);
    process = builder.start();
  }

  FaultyApi api() {
    return api;
  }

  EmbeddedBroker broker() {
    return broker;
  }

  /** Whether the process has come as far as to its first line in the log. */
  boolean hasLogged() {
    return !process().output().isEmpty();
  }

  /** SIGTERM; the exit status. */
  int terminate() throws InterruptedException {
    process().terminate();
    return process().awaitExit();
  }

  /** What the process has said. */
  String output() {
    return process().output();
  }

  /** Ends what was wrong, and the load. */
  void recover() throws InterruptedException, ExecutionException {
    broker.start();
    busy = false;
    for (Future<?> task : running) {
      task.get();
    }
    running.clear();
    members.close();
    producer.flush();
  }

  void sendOne() {
    send(sent.size());
    producer.flush();
  }

  /** Begins to send; every tenth record is a dead letter. */
  void beginLoad() {
    busy = true;
    running.add(
        threads.submit(
            () -> {
              while (busy) {
                int number = sent.size();
                send(number);
                if (number % 10 == 0) {
                  producer.send(new ProducerRecord<>(TOPICS.get(0), "broken".getBytes(UTF_8)));
                }
                LockSupport.parkNanos(SEND_EVERY_NANOS);
              }
            }));
  }

  private void send(int number) {
    String record = "{\"id\":\"R" + number + "\"}";
    sent.add(record);
    producer.send(
        new ProducerRecord<>(TOPICS.get(number % 2), message("m" + number, record)),
        (stored, failure) -> {
          if (failure != null) {
            unsent.add(number + ": " + failure);
          }
        });
  }

  /** Begins to let a second member join the group and leave it again; it commits nothing. */
  void beginJoiningAndLeaving() {
    busy = true;
    running.add(threads.submit(() -> members.joinAndLeave(() -> busy)));
  }

  /** One member does not poll any more, so that the group waits for it when another joins. */
  void beginStuckRebalance() {
    members.stick();
  }

  /** Sends one more record, and waits until it is through, and all before it. */
  void awaitInService() {
    sendOne();
    awaitAllDelivered();
  }

  void awaitAllDelivered() {
    await()
        .failFast(() -> assertTrue(process().isAlive(), this::output))
        .untilAsserted(
            () -> assertEquals(List.of(), lost(), () -> "not sent: " + unsent + "\n" + output()));
  }

  List<String> lost() {
    List<String> lost = new ArrayList<>(sent);
    lost.removeAll(new HashSet<>(arrived()));
    return lost;
  }

  List<String> doubled() {
    List<String> doubled = arrived();
    new HashSet<>(doubled).forEach(doubled::remove);
    return doubled;
  }

  int sent() {
    return sent.size();
  }

  private List<String> arrived() {
    List<String> arrived = api.records("customers");
    arrived.addAll(api.records("products"));
    return arrived;
  }

  double pendingBatches() throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/observe/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("tributary_pending_batches "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .sum();
  }

  private JarProcess process() {
    if (process == null) {
      throw new IllegalStateException("Not started");
    }
    return process;
  }

  @Override
  public void close() throws Exception {
    busy = false;
    if (process != null) {
      process.close();
    }
    producer.close(Duration.ZERO);
    threads.shutdownNow();
    api.close();
    broker.close();
  }
}
