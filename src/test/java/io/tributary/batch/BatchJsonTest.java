package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.support.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchJsonTest {

  @Test
  void document_isTheContracts() {
    // Given
    Batch batch = batch("tributary", "1.0.0", 5, 7);

    // When
    String document =
        document(batch, customers("1,2"), products("{\"id\":\"P1\"}"), customers("3"));

    // Then
    assertEquals(
        "{\"eventId\":\"EVT-20240208103000-abc123\",\"timestamp\":\"2024-02-08T10:30:00Z\","
            + "\"customers\":[1,2,3],\"products\":[{\"id\":\"P1\"}],"
            + "\"metadata\":{\"source\":\"tributary\",\"version\":\"1.0.0\","
            + "\"customerCount\":5,\"productCount\":7}}",
        document);
  }

  @Test
  void sectionWithoutRecords_isAnEmptyArray() {
    // Given
    Batch batch = batch("tributary", "1.0.0", 0, 1);

    // When
    String document = document(batch, products("1"));

    // Then
    assertTrue(document.contains("\"customers\":[],\"products\":[1]"), document);
    assertTrue(document.contains("\"customerCount\":0"), document);
  }

  @Test
  void fragmentWithoutRecords_leavesNoComma() {
    // Given
    Batch batch = batch("tributary", "1.0.0", 2, 0);

    // When
    String document = document(batch, customers(""), customers("1"), customers(""), customers("2"));

    // Then
    assertTrue(document.contains("\"customers\":[1,2]"), document);
  }

  @Test
  void records_stayByteForByte() {
    // Given
    String records = "{ \"b\" : 1.10 ,\t\"a\":\"\\u00f6ä€😀\\ud800\" } ,\n 1e2";

    // When
    String document = document(batch("tributary", "1.0.0", 2, 0), customers(records));

    // Then
    assertTrue(document.contains("[" + records + "]"), document);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b\\c", "line\nbreak\t\u0001", "Jörg €😀", "\u2028"})
  void texts_areQuoted(String text) throws Exception {
    // Given
    Batch batch = batch(text, text, 1, 0);

    // When
    JsonNode json = new ObjectMapper().readTree(document(batch, customers("1")));

    // Then
    assertEquals(text, json.at("/metadata/source").asText());
    assertEquals(text, json.at("/metadata/version").asText());
  }

  @Test
  void sameBatch_givesTheSameBytes() {
    // Given
    Batch batch = batch("tributary", "1.0.0", 1, 1);
    List<Fragment> fragments = List.of(customers("1"), products("2"));
    byte[] first = BatchJson.write(batch, fragments).getBytes();

    // When
    byte[] second = BatchJson.write(batch, fragments).getBytes();

    // Then
    assertArrayEquals(first, second);
  }

  @Test
  void bodyOfPost_hasTheSameBytesHoweverItIsRead() throws IOException {
    // Given
    ByteBuffer stored = ByteBuffer.wrap("..{\"id\":1}".getBytes(UTF_8)).position(2).slice();
    Fragment fragment = fragment(Stores.CUSTOMERS, stored);
    BatchDocument document =
        BatchJson.write(batch("tributary", "1.0.0", 1, 1), List.of(fragment, products("2")));
    byte[] bytes = document.getBytes();

    // When
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    document.writeTo(first);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    document.writeTo(again);

    // Then
    assertTrue(new String(bytes, UTF_8).contains("\"customers\":[{\"id\":1}],\"products\":[2]"));
    assertArrayEquals(bytes, first.toByteArray());
    assertArrayEquals(bytes, again.toByteArray());
    assertArrayEquals(bytes, document.getContent().readAllBytes());
    assertEquals(bytes.length, document.getContentLength());
    assertTrue(document.isRepeatable());
    assertEquals("application/json", document.getContentType());
  }

  @Test
  void openBatch_hasNoDocument() {
    // Given
    Batch open = Batch.opened(1);

    // When
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> BatchJson.write(open, List.of()));

    // Then
    assertTrue(refusal.getMessage().contains("1"), refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tributary", "Jörg \"€\" 😀", ""})
  void envelope_hasRoomForEveryDocument(String source) {
    // Given
    String payload = "1234567890";
    byte[] document =
        BatchJson.write(
                batch(source, "1.0.0", Integer.MAX_VALUE, Integer.MAX_VALUE),
                List.of(customers(payload), products(payload)))
            .getBytes();

    // When
    int envelope = BatchJson.envelopeSize(Stores.SECTIONS, source, "1.0.0");

    // Then
    assertEquals(document.length, envelope + 2 * payload.length());
  }

  private static Batch batch(String source, String version, int customers, int products) {
    return new Batch(
        1,
        1,
        1,
        1,
        1,
        List.of(
            new Batch.SectionCount(Stores.CUSTOMERS, customers),
            new Batch.SectionCount(Stores.PRODUCTS, products)),
        new Batch.Completion(
            "EVT-20240208103000-abc123",
            "2024-02-08T10:30:00Z",
            source,
            version,
            CompletionReason.BYTES),
        null,
        null);
  }

  private static Fragment customers(String payload) {
    return fragment(Stores.CUSTOMERS, ByteBuffer.wrap(payload.getBytes(UTF_8)));
  }

  private static Fragment products(String payload) {
    return fragment(Stores.PRODUCTS, ByteBuffer.wrap(payload.getBytes(UTF_8)));
  }

  private static Fragment fragment(Section section, ByteBuffer payload) {
    TopicPartition partition = new TopicPartition("any", 0);
    return new Fragment(section.name(), partition, Uuid.ZERO_UUID, 0, 0, new byte[0], payload);
  }

  private static String document(Batch batch, Fragment... fragments) {
    return new String(BatchJson.write(batch, Arrays.asList(fragments)).getBytes(), UTF_8);
  }
}
