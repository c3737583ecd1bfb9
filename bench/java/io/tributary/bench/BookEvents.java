package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.jspecify.annotations.Nullable;

/** What the routes of {@link ByTheBook} need in Java. Safe for several threads. */
public final class BookEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The event in a record. */
  public BookEvent decode(byte[] record, String section) throws IOException {
    JsonNode event = JSON.readTree(record);
    JsonNode payload = event.get("payload");
    String entries = payload.toString();
    return new BookEvent(
        section,
        event.get("messageId").textValue(),
        entries.substring(1, entries.length() - 1),
        payload.size());
  }

  /** Commits the record's offset. */
  public void commit(@Header(KafkaConstants.MANUAL_COMMIT) KafkaManualCommit record) {
    record.commit();
  }

  /** The batch with one more event. */
  public List<BookEvent> merge(@Nullable List<BookEvent> batch, BookEvent event) {
    List<BookEvent> merged = batch == null ? new ArrayList<>() : batch;
    merged.add(event);
    return merged;
  }

  /** The document of a batch. */
  public byte[] document(@Body List<BookEvent> batch) {
    Instant now = Instant.now();
    String json =
        """
        {"eventId":"EVT-%s","timestamp":"%s","customers":[%s],"products":[%s],\
        "metadata":{"source":"bench","version":"1","customerCount":%d,"productCount":%d}}"""
            .formatted(
                now,
                now,
                payloads(batch, "customers"),
                payloads(batch, "products"),
                records(batch, "customers"),
                records(batch, "products"));
    return json.getBytes(UTF_8);
  }

  private static String payloads(List<BookEvent> batch, String section) {
    return batch.stream()
        .filter(event -> event.section().equals(section))
        .map(BookEvent::payload)
        .collect(Collectors.joining(","));
  }

  private static int records(List<BookEvent> batch, String section) {
    return batch.stream()
        .filter(event -> event.section().equals(section))
        .mapToInt(BookEvent::records)
        .sum();
  }
}
