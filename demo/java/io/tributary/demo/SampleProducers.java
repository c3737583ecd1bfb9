package io.tributary.demo;

import java.util.List;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sample producers: {@code demo/routes/producers.camel.yaml}, their status on port 8082. */
public final class SampleProducers {
  /** Where the status is. */
  public static final int PORT = 8082;

  /** The topic of the customers. */
  public static final String CUSTOMER_TOPIC = "customer_data";

  /** The topic of the products. */
  public static final String INVENTORY_TOPIC = "inventory_data";

  private static final Logger LOG = LoggerFactory.getLogger("io.tributary.demo.producers");

  private final SampleStream customers =
      new SampleStream(
          CUSTOMER_TOPIC, "CUSTOMER", 0, SampleData.customers(20), SampleData::earnPoints);
  private final SampleStream products =
      new SampleStream(
          INVENTORY_TOPIC, "INVENTORY", 8, SampleData.products(30), SampleData::sellOne);
  private final SyncStatus status = new SyncStatus(List.of(customers, products));

  /** Runs them alone until SIGTERM. */
  public static void main(String[] args) throws Exception {
    String brokers = System.getenv().getOrDefault("KAFKA_BOOTSTRAP_SERVERS", "localhost:9093");
    LOG.info(
        "Sending to Kafka at {}; status at http://localhost:{}/api/sync/status", brokers, PORT);
    new SampleProducers().create(brokers).run(args);
  }

  /** Camel's main class, set up for the producers and not yet started. */
  public Main create(String bootstrapServers) {
    Main main = DemoServer.create("sample-producers", PORT);
    main.configure().withRoutesIncludePattern("file:demo/routes/producers.camel.yaml");
    main.addInitialProperty("demo.producers.bootstrap-servers", bootstrapServers);
    main.addInitialProperty("demo.producers.customer-topic", CUSTOMER_TOPIC);
    main.addInitialProperty("demo.producers.inventory-topic", INVENTORY_TOPIC);
    main.addInitialProperty("demo.producers.period-millis", "1000");
    main.bind("customers", customers);
    main.bind("products", products);
    main.bind("syncStatus", status);
    return main;
  }

  /** What they have sent. */
  public SyncStatus status() {
    return status;
  }
}
