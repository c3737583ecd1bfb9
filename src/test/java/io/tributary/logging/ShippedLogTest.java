package io.tributary.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.support.LogLines;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.Test;

/** What the shipped {@code log4j2.xml} leaves out of what Camel says. */
class ShippedLogTest {
  private static final String POLLS = "org.apache.camel.component.kafka.consumer.support.streaming";
  private static final String FAILED = "Error during processing {} from topic: {} due to {}";

  @Test
  void registryThatIsAway_hidesNoOtherFailure() {
    // Given
    Logger camel = LogManager.getLogger(POLLS + ".KafkaRecordStreamingProcessor");
    try (LogLines log = LogLines.of(POLLS)) {
      // When
      for (int i = 0; i < 20; i++) {
        camel.warn(FAILED, "Exchange[]", "t", "The schema registry http://r answers 503");
        camel.warn(FAILED, "Exchange[]", "t", "the disk is full");
      }

      // Then
      assertEquals(20, log.count("WARN Error during processing"));
    }
  }
}
