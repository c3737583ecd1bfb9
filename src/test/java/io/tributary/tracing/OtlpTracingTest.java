package io.tributary.tracing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What is said of a collector that cannot be used; the rest is in {@code TracingTest}. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class OtlpTracingTest {
  private static final String ENDPOINT = "otel.exporter.otlp.endpoint";

  @Test
  void endpointThatIsNoUrl_isToldWithoutItsPassword() {
    // Given
    System.setProperty(ENDPOINT, "ada:s3cret@h");

    // When
    try {
      String message =
          assertThrows(
                  SettingException.class,
                  () -> Tracing.of(Settings.from(s -> s == Setting.TRACING ? "otlp" : null)))
              .getMessage();

      // Then
      assertTrue(message.contains("***@h"), message);
      assertFalse(message.contains("s3cret"), message);
    } finally {
      System.clearProperty(ENDPOINT);
    }
  }
}
