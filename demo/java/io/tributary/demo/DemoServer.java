package io.tributary.demo;

import org.apache.camel.main.Main;

/**
 * A Camel application with an HTTP server, on the loopback address unless {@code DEMO_HOST} says
 * otherwise, as in a container.
 */
final class DemoServer {
  private static final long MAX_BODY_BYTES = 100_000_000;

  private DemoServer() {}

  static Main create(String name, int port) {
    Main main = new Main();
    main.configure().withName(name);
    main.configure().withShutdownTimeout(3).withShutdownSuppressLoggingOnTimeout(true);
    main.configure().withShutdownLogInflightExchangesOnTimeout(false);
    main.configure()
        .httpServer()
        .withEnabled(true)
        .withHost(System.getenv().getOrDefault("DEMO_HOST", "127.0.0.1"))
        .withPort(port)
        .withMaxBodySize(MAX_BODY_BYTES);
    return main;
  }
}
