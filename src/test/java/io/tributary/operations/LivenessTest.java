package io.tributary.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Liveness is about what a restart mends, and about nothing else. */
class LivenessTest {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void whatNoRestartMends_leavesItUp() throws Exception {
    // Given an API that refuses, a dead-letter topic that takes nothing, and no second topic
    RunningTributary running = start();
    api.answering((attempt, number) -> Answer.status(401));

    // When
    Kafka.send(List.of(new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":1}"))));
    await().until(() -> !api.attempts().isEmpty());
    Kafka.send(List.of(new ProducerRecord<>(customers, "not JSON".getBytes(UTF_8))));
    await()
        .until(
            () -> notReady(running).equals(Set.of("analytics-api", "dead-letter-topic", "kafka")));

    // Then
    assertEquals(503, management.status("/observe/health/ready"));
    assertEquals(200, management.status("/observe/health/live"));
    assertTrue(management.get("/observe/health/live").contains("\"UP\""));
  }

  @Test
  void camelThatDoesNotRun_isDown() throws Exception {
    // Given
    RunningTributary running = start();
    assertEquals(200, management.status("/observe/health/live"));

    // When
    running.context().suspend();

    // Then
    assertEquals(503, management.status("/observe/health/live"));
  }

  private static Set<String> notReady(RunningTributary running) {
    return HealthCheckHelper.invokeReadiness(running.context()).stream()
        .filter(result -> result.getState() != HealthCheck.State.UP)
        .map(result -> result.getCheck().getId())
        .collect(toSet());
  }

  private RunningTributary start() throws Exception {
    Kafka.change(rig.deadLetters(), Map.of("max.message.bytes", "100"));
    return rig.tributary().set(Setting.KAFKA_INVENTORY_TOPIC, customers + "-none").start();
  }
}
