package io.tributary.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.jspecify.annotations.Nullable;

/** What the mock API has received. Safe for several threads. */
public final class ReceivedBatches {
  private static final int REMEMBERED_KEYS = 10_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final IdempotentRepository keys =
      MemoryIdempotentRepository.memoryIdempotentRepository(REMEMBERED_KEYS);
  private final Map<String, Section> sections = new LinkedHashMap<>();
  private int batches;
  private int repeated;

  /** What has come in one array of the batches. */
  private static final class Section {
    private final Set<String> ids = new HashSet<>();
    private int records;

    int take(JsonNode entries) {
      entries.forEach(entry -> ids.add(entry.path("id").asText()));
      records += entries.size();
      return entries.size();
    }
  }

  /** Starts with nothing received. */
  public ReceivedBatches() {
    keys.start();
    sections.put("customers", new Section());
    sections.put("products", new Section());
  }

  /** One POST: the records that it brought by array, and whether its key had been seen before. */
  public record Receipt(String eventId, Map<String, Integer> records, boolean repeated) {
    @Override
    public String toString() {
      if (repeated) {
        return "Batch received again, not applied: eventId=" + eventId;
      }
      StringBuilder text = new StringBuilder("Batch received: ");
      records.forEach((section, count) -> text.append(section + "=" + count + ", "));
      return text.append("eventId=").append(eventId).toString();
    }
  }

  /**
   * Applies a batch, unless its key has been seen; without a key, always.
   *
   * @throws IOException when it is not JSON
   * @throws IllegalArgumentException when it is not a batch
   */
  public synchronized Receipt receive(
      @Header("Idempotency-Key") @Nullable String key,
      @Header("Content-Encoding") @Nullable String coding,
      @Body byte[] document)
      throws IOException {
    JsonNode batch = JSON.readTree("gzip".equals(coding) ? unzipped(document) : document);
    String eventId = batch.path("eventId").asText();
    if (eventId.isEmpty()) {
      throw new IllegalArgumentException("A batch has an eventId");
    }
    if (key != null && !keys.add(key)) {
      repeated++;
      return new Receipt(eventId, Map.of(), true);
    }
    Map<String, Integer> records = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : batch.properties()) {
      if (field.getValue().isArray()) {
        Section section = sections.computeIfAbsent(field.getKey(), name -> new Section());
        records.put(field.getKey(), section.take(field.getValue()));
      }
    }
    batches++;
    return new Receipt(eventId, records, false);
  }

  private static byte[] unzipped(byte[] document) {
    try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(document))) {
      return plain.readAllBytes();
    } catch (IOException e) {
      throw new IllegalArgumentException("The body is not what Content-Encoding says: " + e, e);
    }
  }

  /** The API's answer to a batch, JSON. */
  public String answer(@Body Receipt receipt) {
    return JSON.createObjectNode()
        .put("status", "accepted")
        .put("eventId", receipt.eventId())
        .toString();
  }

  /** The counts so far, JSON. */
  public synchronized String summary() {
    ObjectNode summary =
        JSON.createObjectNode().put("batches", batches).put("repeatedBatches", repeated);
    sections.forEach((name, section) -> summary.put(name, section.records));
    sections.forEach((name, section) -> summary.put(distinct(name), section.ids.size()));
    return summary.toString();
  }

  /** The records of all arrays together. */
  public synchronized int records() {
    return sections.values().stream().mapToInt(section -> section.records).sum();
  }

  private static String distinct(String section) {
    return section.isEmpty()
        ? "distinct"
        : "distinct" + Character.toUpperCase(section.charAt(0)) + section.substring(1);
  }
}
