package io.tributary.demo;

import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mock analytics API: {@code demo/routes/mock-api.camel.yaml} on port 8081. */
public final class MockApi {
  /** Where it listens. */
  public static final int PORT = 8081;

  private static final Logger LOG = LoggerFactory.getLogger("io.tributary.demo.mock-api");

  private MockApi() {}

  /** Runs it alone until SIGTERM. */
  public static void main(String[] args) throws Exception {
    LOG.info("Taking batches at http://localhost:{}/api/analytics/data", PORT);
    create(new ReceivedBatches()).run(args);
  }

  /** Camel's main class, set up for the API and not yet started. */
  public static Main create(ReceivedBatches received) {
    Main main = DemoServer.create("mock-api", PORT);
    main.configure().withRoutesIncludePattern("file:demo/routes/mock-api.camel.yaml");
    main.bind("receivedBatches", received);
    return main;
  }
}
