package io.tributary.operations;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the status page is told, over the management port. */
class StatusTest {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void status_hasTheFlowAndTheReasonWhenTheApiIsAway() throws Exception {
    rig.start();

    // Given
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, new byte[0]),
            new ProducerRecord<>(products, Messages.message("m2", "{\"id\":\"P1\"}"))));

    // When
    await().until(() -> settledMessages() == 2);
    await().until(() -> status().at("/streams/0/deadLetters").intValue() == 1);

    // Then
    JsonNode status = status();
    JsonNode customersNow = status.at("/streams/0");
    assertEquals(customers, customersNow.path("topic").textValue());
    assertEquals(products, status.at("/streams/1/topic").textValue());
    assertEquals(1, customersNow.path("merged").intValue());
    assertEquals(1, customersNow.path("duplicateIds").intValue());
    assertEquals(1, customersNow.path("deadLetters").intValue());
    assertTrue(api.applied().containsKey('"' + lastEventId(status) + '"'));
    assertEquals("ACCEPTING", status.at("/api/state").textValue());
    assertEquals(api.url(), status.at("/api/url").textValue());
    assertEquals(5000, status.at("/open/maxMessages").intValue());

    // When
    api.answering((attempt, number) -> Answer.status(503));
    Kafka.send(List.of(new ProducerRecord<>(products, Messages.message("m3", "{\"id\":\"P2\"}"))));
    await().until(() -> status().at("/api/state").textValue().equals("UNAVAILABLE"));

    // Then
    assertEquals("status 503", status().at("/api/detail").textValue());
    assertEquals(1, status().at("/pending/batches").intValue());
  }

  @Test
  void readiness_saysWhyItIsDown() throws Exception {
    rig.start();

    // Given
    api.answering((attempt, number) -> Answer.status(401));

    // When
    Kafka.send(List.of(new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":1}"))));
    await().until(() -> status().at("/api/state").textValue().equals("REFUSING"));

    // Then
    String readiness = status().path("readiness").toString();
    assertTrue(
        readiness.contains(
            "\"analytics-api\",\"up\":false,\"message\":\"The analytics API refuses"),
        readiness);
  }

  @Test
  void partThatIsSettled_doesNotWaitAnyMore() throws Exception {
    rig.start();

    // Given an API that refuses a batch of two, takes its first half, and is away for the second
    api.answering(
        (attempt, number) ->
            attempt.key().endsWith("-1\"")
                ? Answer.status(200)
                : Answer.status(attempt.key().endsWith("-2\"") ? 503 : 422));

    // When
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":1}")),
            new ProducerRecord<>(customers, Messages.message("m2", "{\"id\":2}"))));
    await().until(() -> status().at("/api/state").textValue().equals("UNAVAILABLE"));

    // Then
    assertEquals(1, status().at("/pending/batches").intValue());
    assertEquals(1, status().at("/pending/messages").intValue());
  }

  @Test
  void refusedBatch_isListedAsADeadLetter() throws Exception {
    rig.start();

    // Given
    api.answering((attempt, number) -> Answer.status(422));

    // When
    Kafka.send(List.of(new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":1}"))));
    await().until(() -> settledMessages() == 1);

    // Then
    assertEquals(false, status().at("/batches/0/taken").booleanValue());
    assertEquals(1, status().at("/batches/0/records/customers").intValue());
  }

  @Test
  void statistics_haveTheFiguresOfBothStreams() throws Exception {
    // Given
    RunningTributary running = rig.start();
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, Messages.message("m2", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, new byte[0])));
    await().until(() -> api.applied().size() == 1 && Kafka.lag(customers, customers) == 0);

    // When
    String line = running.bean("statistics", Statistics.class).line();

    // Then
    assertEquals(
        customers
            + ": processed=1, skipped=2, errors=1; "
            + products
            + ": processed=0, skipped=0, errors=0; merge buffer: customers=0, products=0, pending batches=0; "
            + "idempotency cache: entries=2, utilization=0.0%",
        line);
  }

  private JsonNode status() throws Exception {
    return Messages.json(management.get("/observe/status"));
  }

  private int settledMessages() throws Exception {
    int messages = 0;
    for (JsonNode batch : status().path("batches")) {
      messages += batch.path("messages").intValue();
    }
    return messages;
  }

  private static String lastEventId(JsonNode status) {
    return status.at("/batches/0/eventId").textValue();
  }
}
