package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped routes against a real broker and a real HTTP server. */
class PipelineTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String customers = Kafka.topic("customers", 3);
  private final String products = Kafka.topic("products", 2);
  private final String deadLetters = Kafka.topic("dead", 1);
  private final String group = customers;

  @TempDir Path state;

  private RunningTributary.Builder tributary(RecordingApi api) {
    return RunningTributary.with(state, Kafka.brokers(), api.url())
        .set(Setting.KAFKA_CUSTOMER_TOPIC, customers)
        .set(Setting.KAFKA_INVENTORY_TOPIC, products)
        .set(Setting.DEAD_LETTER_TOPIC, deadLetters)
        .set(Setting.KAFKA_GROUP_ID, group);
  }

  @Test
  void batch_holdsRecordsOfBothTopicsAsTheyArrived() throws Exception {
    // Given
    String customer = "{ \"id\": \"C1\",  \"balance\": 1.10, \"name\":\"J\\u00f6rg\" }";
    String product = "{\"id\":\"P1\",\"stock\":1e2,\"unknown\":[1,{\"a\":null}]}";
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, event("m1", "CUSTOMER", customer)),
            new ProducerRecord<>(products, event("m2", "INVENTORY", product))));

    // When
    try (RecordingApi api = new RecordingApi();
        RunningTributary running = tributary(api).set(Setting.MERGE_FLUSH_INTERVAL, 2).start()) {
      await().atMost(Duration.ofSeconds(20)).until(() -> api.applied().size() == 1);

      // Then
      RecordingApi.Attempt attempt = api.attempts().get(0);
      JsonNode batch = JSON.readTree(attempt.body());
      assertEquals("/api/analytics/data", attempt.path());
      assertEquals('"' + batch.get("eventId").asText() + '"', attempt.key());
      assertTrue(attempt.body().contains(customer), attempt.body());
      assertTrue(attempt.body().contains(product), attempt.body());
      assertEquals(1, batch.at("/metadata/customerCount").asInt());
      assertEquals(1, batch.at("/metadata/productCount").asInt());
      assertEquals(List.of("application/json"), attempt.headers().get("Content-type"));
    }
    assertEquals(0, Kafka.lag(group, customers));
    assertEquals(0, Kafka.lag(group, products));
  }

  private static byte[] event(String id, String type, String... payload) {
    return ("{\"messageId\":\""
            + id
            + "\",\"source\":\"test\",\"eventType\":\""
            + type
            + "\",\"timestamp\":\"2024-02-08T10:30:00Z\",\"payload\":["
            + String.join(", ", new ArrayList<>(List.of(payload)))
            + "],\"metadata\":{\"syncType\":\"INITIAL_FULL\"}}")
        .getBytes(UTF_8);
  }
}
