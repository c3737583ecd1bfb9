package io.tributary.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.OrderStream;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The packaged jar, with its routes edited while messages flow. */
class RoutesReloadIT {
  @RegisterExtension final Rig rig = new Rig(2, 2);
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();
  private final Path folder = rig.folder();
  private final String orders = Kafka.topic("orders", 2);

  @Test
  void routesEditedUnderLoad_takeEffectAndLoseAndDoubleNothing() throws Exception {
    try (JarProcess process = start();
        SteadyProducer producer = new SteadyProducer(customers, products, orders)) {
      // Given
      Deliveries deliveries = new Deliveries(api);
      await(() -> deliveries.batches() > 0);

      // When
      edit("intake", text -> text + OrderStream.of(orders));
      await(() -> applied().contains("\"orderCount\":"));
      await(() -> applied().matches("(?s).*\"orders\":\\[\\{.*"));
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
    try (JarProcess process = start();
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
      edit("intake", text -> text + OrderStream.of(orders));
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

  private String applied() {
    return String.join("\n", api.applied().values());
  }

  private static int reloads(JarProcess process) {
    return process.output().split("Routes reloaded: ", -1).length - 1;
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

  private JarProcess start() throws IOException {
    return rig.jar().set(Setting.ROUTES_RELOAD, true).start();
  }
}
