package io.tributary;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Loads classes that the start is about to need, on a thread of its own, while the main thread is
 * busy with those before them. It is about time only: a class that it cannot load fails where it is
 * needed, or nobody needs it.
 */
final class HeadStart {
  /** Nothing of them asks for a logger, so they can be loaded while the log is being set up. */
  static final List<String> WITHOUT_LOG =
      List.of(
          "org.apache.kafka.common.protocol.ApiKeys",
          "org.apache.kafka.common.requests.AbstractResponse",
          "org.iq80.leveldb.impl.DbImpl",
          "com.google.common.cache.LocalCache",
          "org.apache.camel.model.RouteDefinition",
          "org.snakeyaml.engine.v2.api.Load",
          "com.fasterxml.jackson.databind.ObjectMapper");

  /** In the order in which they are needed. */
  static final List<String> WITH_LOG =
      List.of(
          "org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader",
          "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
          "org.apache.camel.management.JmxManagementLifecycleStrategy",
          "org.apache.camel.reifier.ProcessorReifier",
          "org.apache.hc.client5.http.impl.classic.HttpClientBuilder",
          "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager",
          "io.netty.channel.nio.NioEventLoop",
          "io.netty.buffer.PooledByteBufAllocator",
          "io.vertx.core.impl.VertxImpl",
          "io.vertx.core.http.impl.HttpServerImpl",
          "io.vertx.ext.web.impl.RouterImpl",
          "io.netty.handler.codec.http.HttpRequestDecoder",
          "org.apache.kafka.common.protocol.Errors",
          "org.apache.kafka.clients.producer.KafkaProducer",
          "org.apache.kafka.clients.consumer.ConsumerConfig",
          "org.apache.kafka.clients.consumer.internals.ClassicKafkaConsumer",
          "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator",
          "org.apache.kafka.clients.consumer.internals.Fetcher");

  private final CountDownLatch log = new CountDownLatch(1);

  private HeadStart() {}

  /** Begins, when Tributary is to run; a command of its own needs few of the classes. */
  static HeadStart of(String... args) {
    HeadStart headStart = new HeadStart();
    if (args.length == 0) {
      Thread thread = new Thread(headStart::load, "head-start");
      thread.setDaemon(true);
      thread.start();
    }
    return headStart;
  }

  /** There is a log: two threads that set it up at once would leave one without it. */
  void logIsThere() {
    log.countDown();
  }

  private void load() {
    try {
      WITHOUT_LOG.forEach(HeadStart::load);
      log.await();
      WITH_LOG.forEach(HeadStart::load);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, true, HeadStart.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // The one who needs it says so.
    }
  }
}
