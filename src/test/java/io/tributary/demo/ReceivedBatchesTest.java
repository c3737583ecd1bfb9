package io.tributary.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ReceivedBatchesTest {
  private static final byte[] BATCH =
      "{\"eventId\":\"EVT-1\",\"customers\":[{\"id\":\"C1\"}],\"products\":[]}".getBytes(UTF_8);

  private final ReceivedBatches received = new ReceivedBatches();

  @Test
  void compressedBatch_isTakenAsAPlainOne() throws IOException {
    // Given
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(BATCH);
    }

    // When
    var plain = received.receive("\"EVT-1\"", null, BATCH);
    var again = received.receive("\"EVT-1\"", "gzip", compressed.toByteArray());

    // Then
    assertEquals(
        new ReceivedBatches.Receipt("EVT-1", Map.of("customers", 1, "products", 0), false), plain);
    assertEquals(new ReceivedBatches.Receipt("EVT-1", Map.of(), true), again);
  }

  @Test
  void bodyThatIsNotCompressedAsItSays_isTheSendersFault() {
    assertThrows(
        IllegalArgumentException.class, () -> received.receive("\"EVT-1\"", "gzip", BATCH));
  }
}
