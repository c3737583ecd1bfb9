package io.tributary.support;

import static org.awaitility.Awaitility.await;

import io.tributary.demo.TemporaryFolder;
import io.tributary.settings.Setting;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test of a whole Tributary needs: two topics, one for dead letters, an API, a folder, and
 * Tributary itself, in this JVM or as the packaged jar. All of it is the test's own, or with a
 * static field the class's, and ends with it.
 */
public final class Rig implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final String customers;
  private final String products;
  private final String deadLetters = Kafka.topic("dead", 1);
  private final RecordingApi api = new RecordingApi();
  private final Management management = new Management(Ports.free());
  private final TemporaryFolder folder = new TemporaryFolder("tributary-rig-");
  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
  private boolean ofTheClass;

  /** With one partition in each topic. */
  public Rig() {
    this(1, 1);
  }

  /** With so many partitions in the topics. */
  public Rig(int customerPartitions, int productPartitions) {
    customers = Kafka.topic("customers", customerPartitions);
    products = Kafka.topic("products", productPartitions);
  }

  public String customers() {
    return customers;
  }

  public String products() {
    return products;
  }

  public String deadLetters() {
    return deadLetters;
  }

  public RecordingApi api() {
    return api;
  }

  /** Where whatever is started answers. */
  public Management management() {
    return management;
  }

  public Path folder() {
    return folder.path();
  }

  /** The folder of the store. */
  public Path state() {
    return folder().resolve("state");
  }

  /** Begins the settings of one in this JVM; its batches are completed after a second. */
  public RunningTributary.Builder tributary() {
    RunningTributary.Builder builder =
        RunningTributary.with(state(), Kafka.brokers(), api.url()).closedBy(started::push);
    settings(builder::set);
    return builder;
  }

  public RunningTributary start() throws Exception {
    return tributary().start();
  }

  /** Begins the settings of the packaged jar; its batches are completed after a second. */
  public JarProcess.Builder jar() {
    JarProcess.Builder builder = JarProcess.in(folder()).closedBy(started::push);
    settings(builder::set);
    return builder;
  }

  /** What each Tributary here has set. */
  public void settings(BiConsumer<Setting, Object> settings) {
    settings.accept(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers());
    settings.accept(Setting.KAFKA_CUSTOMER_TOPIC, customers);
    settings.accept(Setting.KAFKA_INVENTORY_TOPIC, products);
    settings.accept(Setting.DEAD_LETTER_TOPIC, deadLetters);
    settings.accept(Setting.KAFKA_GROUP_ID, customers);
    settings.accept(Setting.ANALYTICS_API_BASE_URL, api.url());
    settings.accept(Setting.MANAGEMENT_PORT, management.port());
    settings.accept(Setting.MERGE_FLUSH_INTERVAL, 1);
  }

  /** Sends messages of customers with these ids, each with one record of the same id. */
  public void send(String... ids) {
    Kafka.send(
        Arrays.stream(ids)
            .map(id -> new ProducerRecord<byte[], byte[]>(customers, message(id)))
            .toList());
  }

  /** Sends messages of customers with the ids C0, C1 and so on, from one number up to another. */
  public void send(int from, int to) {
    send(IntStream.range(from, to).mapToObj(i -> "C" + i).toArray(String[]::new));
  }

  private static byte[] message(String id) {
    return Messages.message(id, "{\"id\":\"" + id + "\"}");
  }

  /** Records of both topics that the group has not committed. */
  public long lag() {
    return Kafka.lag(customers, customers) + Kafka.lag(customers, products);
  }

  public void awaitAllCommitted() {
    await().until(() -> lag() == 0);
  }

  /** The records of a section that the API has applied, in order. */
  public List<String> delivered(String section) {
    return api.applied().values().stream()
        .flatMap(body -> Messages.records(body, section).stream())
        .toList();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    ofTheClass = true;
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (!ofTheClass) {
      end();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    end();
  }

  private void end() throws Exception {
    for (AutoCloseable running : started) {
      running.close();
    }
    api.close();
    folder.close();
  }
}
