package io.tributary.memory;

import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.kafka.common.utils.KafkaThread;

/** A Camel application of which one part needs more memory than there is. */
final class Hungry extends RouteBuilder {
  private static volatile List<byte[]> eaten = List.of();

  private Hungry() {}

  private static final class Watched implements CamelConfiguration {
    @Override
    public void configure(CamelContext context) {
      OutOfMemory.watch(context);
    }
  }

  public static void main(String[] args) throws Exception {
    OutOfMemory.watchThreads();
    if (args[0].equals("thread")) {
      new Thread(Hungry::eat).start();
    } else if (args[0].equals("kafka-thread")) {
      KafkaThread.daemon("kafka", Hungry::eat).start();
    } else if (args[0].equals("registry")) {
      eaten = List.of(new byte[24 << 20]);
      Settings settings = Settings.from(setting -> System.getenv(setting.name()));
      SchemaRegistry.of(settings, Duration.ZERO).json(new byte[] {0, 0, 0, 0, 1});
    } else {
      eatInCamel(args[0]);
    }
    Thread.currentThread().join();
  }

  private static void eatInCamel(String where) throws Exception {
    Main main = new Main();
    main.configure().addConfiguration(new Watched());
    main.configure().addRoutesBuilder(new Hungry());
    main.start();
    switch (where) {
      case "pool" ->
          main.getCamelContext()
              .getExecutorServiceManager()
              .newFixedThreadPool(main, "pool", 1)
              .submit(Hungry::eat);
      case "scheduled-pool" ->
          main.getCamelContext()
              .getExecutorServiceManager()
              .newSingleThreadScheduledExecutor(main, "scheduled")
              .scheduleWithFixedDelay(Hungry::eat, 0, 1, TimeUnit.HOURS);
      default -> main.getCamelTemplate().asyncSendBody("direct:" + where, "any");
    }
  }

  @Override
  public void configure() {
    from("direct:route").process(exchange -> eat());
    from("direct:retrying-route")
        .onException(Exception.class)
        .maximumRedeliveries(-1)
        .redeliveryDelay(100)
        .logRetryAttempted(false)
        .end()
        .process(
            exchange -> {
              try {
                eat();
              } catch (OutOfMemoryError e) {
                throw new IllegalStateException(e);
              }
            });
    from("direct:handling-route")
        .onException(Throwable.class)
        .handled(true)
        .end()
        .process(exchange -> eat());
  }

  private static void eat() {
    eaten = List.of(new byte[Integer.MAX_VALUE / 2]);
  }
}
