package io.tributary.reliability;

import static io.tributary.support.Messages.records;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.settings.Setting;
import io.tributary.store.Store;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two topics on a broker that the tests of Kafka's faults share, and what they ask of a run. */
abstract class KafkaFaults {
  /** Locked for writing by who stops it. */
  static final String BROKER = "the broker that is stopped";

  static final StoppableKafka KAFKA = StoppableKafka.untilTheEnd();

  String customers = "";
  String products = "";

  @TempDir Path state;

  @BeforeEach
  void createTopics() {
    KAFKA.start();
    customers = KAFKA.topic("customers", 3);
    products = KAFKA.topic("products", 2);
  }

  RunningTributary.Builder tributary(RecordingApi api, Path folder) {
    return RunningTributary.with(folder, KAFKA.brokers(), api.url())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        // One more than there are partitions, which is no fault.
        .set(Setting.KAFKA_INVENTORY_CONSUMERS, 3)
        .set(Setting.MERGE_FLUSH_INTERVAL, "0.5")
        .set(Setting.RETRY_BACKOFF_BASE, "0.2");
  }

  RunningTributary.Builder tributary(RecordingApi api) {
    return tributary(api, state);
  }

  /** Everything has been read and delivered, and nothing of it twice. */
  void assertDeliveredOnce(List<String> sent, RecordingApi api, RunningTributary running) {
    Store store = running.bean("mergeStore", Store.class);
    await()
        .until(
            () ->
                delivered(api).containsAll(sent)
                    && KAFKA.lag(customers, customers, products) == 0
                    && store.open() == null
                    && store.pendingCount() == 0);
    assertEquals(sent.stream().sorted().toList(), delivered(api).stream().sorted().toList());
  }

  static List<String> delivered(RecordingApi api) {
    List<String> delivered = new ArrayList<>();
    for (String body : api.applied().values()) {
      delivered.addAll(records(body, "customers"));
      delivered.addAll(records(body, "products"));
    }
    return delivered;
  }

  /** What readiness says is wrong. */
  static String troubles(RunningTributary running) {
    return HealthCheckHelper.invokeReadiness(running.context()).stream()
        .filter(result -> result.getState() == HealthCheck.State.DOWN)
        .map(result -> result.getMessage().orElse("?"))
        .collect(Collectors.joining("; "));
  }

  Set<Thread> consumerThreads() {
    Set<String> names = Set.of("KafkaConsumer[" + customers, "KafkaConsumer[" + products);
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> names.stream().anyMatch(thread.getName()::contains))
        .collect(Collectors.toSet());
  }
}
