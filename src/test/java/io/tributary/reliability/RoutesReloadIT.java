package io.tributary.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar, with its routes edited while messages flow. */
class RoutesReloadIT {
  private final String customers = Kafka.topic("customers", 2);
  private final String products = Kafka.topic("products", 2);
  private final String orders = Kafka.topic("orders", 2);
  private final Management management = new Management(Ports.free());

  @TempDir Path folder;

  @Test
  void routesEditedUnderLoad_takeEffectAndLoseAndDoubleNothing() throws Exception {
    try (RecordingApi api = new RecordingApi();
        JarProcess process = start(api);
        SteadyProducer producer = new SteadyProducer(customers, products, orders)) {
      // Given
      Deliveries deliveries = new Deliveries(api);
      await(() -> deliveries.batches() > 0);

      // When
      edit("intake", text -> text + orderStream());
      await(() -> applied(api).contains("\"orderCount\":"));
      await(() -> applied(api).matches("(?s).*\"orders\":\\[\\{.*"));
      int streams = reloads(process);
      edit("merge", text -> text.replace("{{tributary.merge.flush-interval-millis}}", "500"));
      await(() -> reloads(process) > streams);
      int reloads = reloads(process);
      edit("merge", text -> text.replace("uri: scheduler:window", "uri: shceduler:window"));
      await(
          () ->
              process
                  .output()
                  .matches("(?s).*Routes not reloaded, .*: routes/merge.camel.yaml:\\d+: .*"));
      int before = deliveries.batches();
      await(() -> deliveries.batches() > before);
      assertEquals(reloads, reloads(process));
      edit("merge", text -> text.replace("uri: shceduler:window", "uri: scheduler:window"));
      await(() -> reloads(process) > reloads);
      edit("intake", text -> text.replace("value: " + orders, "value: " + products));
      await(
          () ->
              process
                  .output()
                  .contains(
                      "run on: the route 'order-intake' has the topic '"
                          + products
                          + "' of the route 'inventory-intake'"));
      edit("intake", text -> text.replace("value: " + products, "value: " + orders));
      edit("delivery", text -> text.replace("pass-batches-with-records", "pass-full-batches"));
      edit("intake", text -> text.replace("pollTimeoutMs: 50", "pollTimeoutMs: 40"));
      await(() -> reloads(process) > reloads + 1);
      Files.move(file("statistics"), folder.resolve("routes/figures.camel.yaml"));
      await(() -> reloads(process) > reloads + 2);
      producer.close();

      // Then
      await(() -> deliveries.haveAllBefore(producer.count()));
      assertEquals(List.of(), deliveries.lost(producer.count()));
      assertEquals(List.of(), deliveries.doubled());
      assertEquals(List.of(), deliveries.keysWithSeveralBodies());
      String metrics = management.get("/observe/metrics");
      assertTrue(metrics.contains("tributary_unaccounted_events 0.0"), metrics);
      assertFalse(process.output().contains("Exception"), process.output());
    }
  }

  @Test
  void routesEditedWhileTheApiHangs_takeEffectAndLoseNothing() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    try (RecordingApi api = new RecordingApi();
        JarProcess process = start(api);
        SteadyProducer producer = new SteadyProducer(customers, products, orders)) {
      // Given
      Deliveries deliveries = new Deliveries(api);
      api.answering(
          (attempt, number) -> {
            answers.await();
            return Answer.status(200);
          });
      await(() -> !api.attempts().isEmpty());

      // When
      edit("intake", text -> text + orderStream());
      await(() -> reloads(process) == 1);
      answers.countDown();
      producer.close();

      // Then
      await(() -> deliveries.haveAllBefore(producer.count()));
      assertEquals(List.of(), deliveries.doubled());
      assertEquals(List.of(), deliveries.keysWithSeveralBodies());
    }
  }

  private static void await(Callable<Boolean> condition) {
    org.awaitility.Awaitility.await().ignoreExceptions().until(condition);
  }

  private static String applied(RecordingApi api) {
    return String.join("\n", api.applied().values());
  }

  private static int reloads(JarProcess process) {
    return process.output().split("Routes reloaded: ", -1).length - 1;
  }

  private String orderStream() {
    return """

    - templatedRoute:
        routeTemplateRef: stream-intake
        routeId: order-intake
        parameters:
          - {name: topic, value: %s}
          - {name: section, value: orders}
          - {name: countField, value: orderCount}
    """
        .formatted(orders);
  }

  private void edit(String name, UnaryOperator<String> change) throws IOException {
    Path file = file(name);
    String before = Files.readString(file);
    String after = change.apply(before);
    assertNotEquals(before, after);
    Files.writeString(file, after);
  }

  private Path file(String name) {
    return folder.resolve("routes").resolve(name + ".camel.yaml");
  }

  private JarProcess start(RecordingApi api) throws IOException {
    return JarProcess.in(folder)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, Kafka.brokers())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.KAFKA_GROUP_ID, customers)
        .set(Setting.DEAD_LETTER_TOPIC, customers + "-dead")
        .set(Setting.ANALYTICS_API_BASE_URL, api.url())
        .set(Setting.MERGE_FLUSH_INTERVAL, 1)
        .set(Setting.MANAGEMENT_PORT, management.port())
        .set(Setting.ROUTES_RELOAD, true)
        .start();
  }
}
