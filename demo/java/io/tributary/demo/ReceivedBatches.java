package io.tributary.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
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
  private final Set<String> customerIds = new HashSet<>();
  private final Set<String> productIds = new HashSet<>();
  private int batches;
  private int repeated;
  private int customers;
  private int products;

  /** Starts with nothing received. */
  public ReceivedBatches() {
    keys.start();
  }

  /** One POST: what it brought, and whether its key had been seen before. */
  public record Receipt(String eventId, int customers, int products, boolean repeated) {
    @Override
    public String toString() {
      return repeated
          ? "Batch received again, not applied: eventId=" + eventId
          : "Batch received: customers=%d, products=%d, eventId=%s"
              .formatted(customers, products, eventId);
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
      return new Receipt(eventId, 0, 0, true);
    }
    int newCustomers = take(batch.path("customers"), customerIds);
    int newProducts = take(batch.path("products"), productIds);
    batches++;
    customers += newCustomers;
    products += newProducts;
    return new Receipt(eventId, newCustomers, newProducts, false);
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
    return JSON.createObjectNode()
        .put("batches", batches)
        .put("repeatedBatches", repeated)
        .put("customers", customers)
        .put("products", products)
        .put("distinctCustomers", customerIds.size())
        .put("distinctProducts", productIds.size())
        .toString();
  }

  /** Customers and products together. */
  public synchronized int records() {
    return customers + products;
  }

  private static int take(JsonNode section, Set<String> ids) {
    section.forEach(entry -> ids.add(entry.path("id").asText()));
    return section.size();
  }
}
