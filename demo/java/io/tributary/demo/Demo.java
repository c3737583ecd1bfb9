package io.tributary.demo;

import io.tributary.Tributary;
import io.tributary.settings.Setting;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.camel.main.Main;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tributary in one process with all that it needs: broker, mock API, sample producers. */
public final class Demo {
  private static final Logger LOG = LoggerFactory.getLogger("io.tributary.demo.demo");
  private static final String DEAD_LETTER_TOPIC = "tributary_dead_letters";
  private static final List<String> TOPICS =
      List.of(SampleProducers.CUSTOMER_TOPIC, SampleProducers.INVENTORY_TOPIC, DEAD_LETTER_TOPIC);
  private static final String BANNER =
      """

        Tributary joins two Kafka topics into one stream of batches for an analytics API.

        Kafka broker      localhost:9093   topics customer_data, inventory_data,
                                           tributary_dead_letters
        Sample producers  curl -s localhost:8082/api/sync/status        what has been sent
        Tributary         http://localhost:9876/                        the flow, live, in a browser
                          curl -s localhost:9876/observe/health         is it well
                          curl -s localhost:9876/observe/metrics | grep ^tributary_
        Analytics API     curl -s localhost:8081/api/analytics/summary  what has arrived

        The producers send all they have, then one change a second and topic. On purpose they
        also resend, reorder and break some messages. A batch goes out every 5 seconds.
        Ctrl-C ends the demo.
      """;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ReceivedBatches received = new ReceivedBatches();
  private final SampleProducers producers;
  private volatile boolean started;
  private volatile boolean ending;

  private final @Nullable StubRegistry registry;

  private Demo(boolean avro) {
    registry = avro ? new StubRegistry() : null;
    producers = registry == null ? SampleProducers.ofJson() : SampleProducers.ofAvro(registry);
  }

  /** Runs until SIGINT or SIGTERM; ends with status 1 and one line when a port is taken. */
  public static void main(String[] args) throws Exception {
    List<String> taken = DemoPorts.taken();
    if (!taken.isEmpty()) {
      LOG.error("The demo cannot start: in use already: {}", String.join(", ", taken));
      System.exit(1);
    }
    System.out.println(BANNER);
    LOG.info("Starting: the broker first, which takes a few seconds");
    Demo demo = new Demo(System.getProperty("demo.format", "json").equalsIgnoreCase("avro"));
    Runtime.getRuntime().addShutdownHook(new Thread(demo::end, "demo-end"));
    try {
      demo.start();
    } catch (Exception | LinkageError e) {
      if (!demo.ending) {
        LOG.error("The demo cannot start: {}", rootCause(e).toString());
        System.exit(1);
      }
    }
    Thread.currentThread().join();
  }

  private void start() throws Exception {
    TemporaryFolder state = new TemporaryFolder("tributary-state-");
    step(state, () -> {});

    EmbeddedBroker broker = new EmbeddedBroker(DemoPorts.BROKER);
    step(broker, broker::start);
    for (String topic : TOPICS) {
      // One partition: a source's messages keep their order.
      step(() -> {}, () -> broker.createTopic(topic, 1));
    }

    Main api = MockApi.create(received);
    step(api::stop, api::start);

    configure(broker.bootstrapServers(), state.path());
    if (registry != null) {
      step(registry, () -> {});
      System.setProperty(Setting.SCHEMA_REGISTRY_URL.property(), registry.url());
      LOG.info("The producers send Avro; its schemas: curl -s {}/schemas/ids/1", registry.url());
    }
    Main tributary = Tributary.create();
    step(tributary::stop, tributary::start);

    DemoSummary summary = new DemoSummary(producers.status(), received);
    step(summary, summary::start);

    Main sources = producers.create(broker.bootstrapServers());
    step(sources::stop, sources::start);
    started = true;
  }

  /**
   * What the demo needs otherwise than {@code application.properties} or the environment has it.
   */
  private static void configure(String bootstrapServers, Path state) {
    Map.of(
            Setting.KAFKA_BOOTSTRAP_SERVERS,
            bootstrapServers,
            Setting.KAFKA_CUSTOMER_TOPIC,
            SampleProducers.CUSTOMER_TOPIC,
            Setting.KAFKA_INVENTORY_TOPIC,
            SampleProducers.INVENTORY_TOPIC,
            Setting.DEAD_LETTER_TOPIC,
            DEAD_LETTER_TOPIC,
            Setting.ANALYTICS_API_BASE_URL,
            "http://localhost:" + MockApi.PORT,
            Setting.MERGE_FLUSH_INTERVAL,
            "5",
            Setting.MERGE_STATE_DIR,
            state.toString(),
            Setting.MANAGEMENT_HOST,
            "127.0.0.1",
            Setting.MANAGEMENT_PORT,
            String.valueOf(DemoPorts.MANAGEMENT))
        .forEach((setting, value) -> System.setProperty(setting.property(), value));
  }

  /** Starts a part, unless the demo is about to end; it ends when that has been done. */
  private synchronized void step(AutoCloseable part, Start start) throws Exception {
    if (!ending) {
      parts.push(part);
      start.run();
    }
  }

  private void end() {
    ending = true;
    if (!started) {
      // A part that is only starting takes the end for an error, and says so at length.
      Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
      Configurator.setLevel(LOG.getName(), Level.INFO);
    }
    closeParts();
    LOG.info("The demo has ended");
  }

  /** The last one first. */
  private synchronized void closeParts() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the demo did not end as it should: {}", e.toString());
      }
    }
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : rootCause(cause);
  }

  /** Starts a part of the demo. */
  @FunctionalInterface
  private interface Start {
    void run() throws Exception;
  }
}
