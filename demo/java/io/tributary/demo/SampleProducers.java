package io.tributary.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
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

  private final SampleStream customers;
  private final SampleStream products;
  private final SyncStatus status;

  private SampleProducers(
      Function<String, byte[]> customerFormat, Function<String, byte[]> productFormat) {
    customers =
        new SampleStream(
            CUSTOMER_TOPIC,
            "CUSTOMER",
            0,
            SampleData.customers(20),
            SampleData::earnPoints,
            customerFormat);
    products =
        new SampleStream(
            INVENTORY_TOPIC,
            "INVENTORY",
            8,
            SampleData.products(30),
            SampleData::sellOne,
            productFormat);
    status = new SyncStatus(List.of(customers, products));
  }

  /** Those that send JSON. */
  public static SampleProducers ofJson() {
    return new SampleProducers(SampleProducers::utf8, SampleProducers::utf8);
  }

  /** Those that send Avro, and JSON that is not JSON as what is not Avro. */
  public static SampleProducers ofAvro(StubRegistry registry) {
    return new SampleProducers(
        new AvroMessages(registry, 1, SampleData.CUSTOMER_FIELDS)::value,
        new AvroMessages(registry, 2, SampleData.PRODUCT_FIELDS)::value);
  }

  private static byte[] utf8(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /** Runs them alone until SIGTERM. */
  public static void main(String[] args) throws Exception {
    String brokers = System.getenv().getOrDefault("KAFKA_BOOTSTRAP_SERVERS", "localhost:9093");
    LOG.info(
        "Sending to Kafka at {}; status at http://localhost:{}/api/sync/status", brokers, PORT);
    ofJson().create(brokers).run(args);
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
