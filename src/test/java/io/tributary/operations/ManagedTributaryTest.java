package io.tributary.operations;

import static io.tributary.support.Messages.message;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator sees and does over JMX. */
class ManagedTributaryTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void beans_haveNamesAndDescriptions_andVanishWithTheContext() throws Exception {
    // Given
    ObjectName all = new ObjectName("org.apache.camel:context=" + name() + ",type=tributary,*");

    // When
    Set<ObjectName> names;
    try (RunningTributary running = tributary("30")) {
      names = SERVER.queryNames(all, null);

      // Then
      assertEquals(Set.of(bean("Tributary")), names);
      for (ObjectName name : names) {
        assertDescribed(SERVER.getMBeanInfo(name));
      }
      ObjectName aggregator =
          new ObjectName(
              "org.apache.camel:context=%s,type=processors,name=\"merge-polls\"".formatted(name()));
      assertTrue(SERVER.isRegistered(aggregator));
    }
    assertEquals(Set.of(), SERVER.queryNames(all, null));
  }

  @Test
  void completeOpenBatch_sendsItBeforeItsWindowIsOver() throws Exception {
    tributary("600");

    // Given
    assertEquals(false, call("completeOpenBatch"));
    api.answering((attempt, number) -> Answer.status(503));
    send("m1", "{\"id\":\"C1\"}");
    await().until(() -> figure("/open/messages") == 1);

    // When
    Object completed = call("completeOpenBatch");

    // Then
    assertEquals(true, completed);
    List<?> pending = (List<?>) call("listPendingBatches");
    assertEquals(1, pending.size());
    Map<?, ?> batch = (Map<?, ?>) pending.get(0);
    assertEquals("customers=1, products=0", batch.get("records"));
    assertEquals(1, batch.get("messages"));
    assertFalse(pending.toString().contains("C1"), "no body");
    await().until(() -> !api.attempts().isEmpty());
    assertEquals('"' + (String) batch.get("eventId") + '"', api.attempts().get(0).key());
  }

  @Test
  void pauseIntake_stopsReadingUntilResumeIntake_andIsShown() throws Exception {
    tributary("1");

    // Given
    send("m1", "{\"id\":\"C1\"}");
    await().until(() -> api.applied().size() == 1);

    // When
    call("pauseIntake", "Ada");

    // Then
    List<String> sent = new ArrayList<>(List.of("m1"));
    // A poll that was under way is still merged.
    await()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              sent.add("m" + (sent.size() + 1));
              send(sent.get(sent.size() - 1), "{\"id\":\"C" + sent.size() + "\"}");
              boolean delivered = figure("/open/messages") + figure("/pending/batches") == 0;
              return sent.size() > 2 && delivered && Kafka.lag(customers, customers) > 1;
            });
    long waiting = Kafka.lag(customers, customers);
    JsonNode status = Messages.json(management.get("/observe/status"));
    assertEquals("Ada", status.at("/intake/pausedBy").textValue());
    assertFalse(status.at("/intake/reading").booleanValue());
    String ready = management.get("/observe/health/ready");
    assertTrue(ready.contains("paused by Ada since "), ready);
    Object reason = SERVER.getAttribute(bean("Tributary"), "Reason");
    assertTrue(reason.toString().startsWith("paused by Ada since "), reason.toString());
    assertEquals(waiting, Kafka.lag(customers, customers));

    // When
    assertEquals(true, call("resumeIntake"));

    // Then
    await().until(() -> recordsIn() == sent.size());
    assertEquals(false, call("resumeIntake"));
  }

  @Test
  void completeOpenBatch_underLoad_losesNothingAndKeepsTheOrder() throws Exception {
    tributary("1");

    // When
    for (int i = 0; i < 12; i++) {
      send("m" + i, "{\"id\":\"C1\",\"n\":" + i + "}");
      call("completeOpenBatch");
    }

    // Then
    await().until(() -> recordsIn() == 12);
    List<String> sent =
        api.applied().values().stream()
            .flatMap(body -> Messages.records(body, "customers").stream())
            .toList();
    for (int i = 0; i < 12; i++) {
      assertEquals("{\"id\":\"C1\",\"n\":" + i + "}", sent.get(i));
    }
    String metrics = management.get("/observe/metrics");
    assertTrue(metrics.contains("tributary_unaccounted_events 0.0"), metrics);
  }

  private static void assertDescribed(MBeanInfo info) {
    assertFalse(info.getDescription().isBlank());
    for (MBeanFeatureInfo attribute : info.getAttributes()) {
      assertFalse(attribute.getDescription().isBlank(), attribute.getName());
    }
    for (MBeanFeatureInfo operation : info.getOperations()) {
      assertFalse(operation.getDescription().isBlank(), operation.getName());
    }
  }

  private String name() {
    return "tributary-" + management.port();
  }

  private ObjectName bean(String name) throws Exception {
    return new ObjectName(
        "org.apache.camel:context=%s,type=tributary,name=%s".formatted(name(), name));
  }

  private long figure(String pointer) throws Exception {
    return Messages.json(management.get("/observe/status")).at(pointer).longValue();
  }

  private Object call(String operation, String... arguments) throws Exception {
    String[] types = new String[arguments.length];
    Arrays.fill(types, String.class.getName());
    return SERVER.invoke(bean("Tributary"), operation, arguments, types);
  }

  private long recordsIn() {
    return api.applied().values().stream()
        .mapToLong(body -> Messages.records(body, "customers").size())
        .sum();
  }

  private void send(String id, String entry) {
    Kafka.send(List.of(new ProducerRecord<>(customers, message(id, entry))));
  }

  private RunningTributary tributary(String window) throws Exception {
    return rig.tributary().set(Setting.MERGE_FLUSH_INTERVAL, window).withMBeans().start();
  }
}
