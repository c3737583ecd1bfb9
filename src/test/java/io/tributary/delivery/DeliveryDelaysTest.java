package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.util.Map;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryDelaysTest {

  @Test
  void defaults_areTheContracts() {
    // When
    String pattern = DeliveryDelays.pattern(Settings.from(setting -> null));

    // Then
    assertEquals("1:1000;2:2000;3:4000;4:30000", pattern);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1.0   | 2.0 | 30  | 1:30000",
        "1 | 1.0   | 2.0 | 30  | 1:1000;2:30000",
        "3 | 0.25  | 1   | 0.5 | 1:250;2:250;3:250;4:500",
        "3 | 0     | 2   | 30  | 1:0;2:0;3:0;4:30000",
        "4 | 0.5   | 1.5 | 5   | 1:500;2:750;3:1125;4:1687;5:5000",
        "3 | 0.001 | 1.5 | 5   | 1:1;2:1;3:2;4:5000",
        "4 | 3600  | 100 | 30  | 1:3600000;2:360000000;3:2147483647;4:2147483647;5:30000"
      })
  void pattern_isQuickRetriesThenTheInterval(
      String retries, String base, String factor, String interval, String expected) {
    // Given
    Settings settings = settings(retries, base, factor, interval);

    // When
    String pattern = DeliveryDelays.pattern(settings);

    // Then
    assertEquals(expected, pattern);
  }

  @Test
  void pattern_isWhatCamelReads() {
    // Given
    RedeliveryPolicy policy = new RedeliveryPolicy();
    policy.setMaximumRedeliveryDelay(-1);

    // When
    policy.setDelayPattern(DeliveryDelays.pattern(settings("3", "1.0", "2.0", "30")));

    // Then
    assertEquals(1_000, policy.calculateRedeliveryDelay(0, 1));
    assertEquals(2_000, policy.calculateRedeliveryDelay(0, 2));
    assertEquals(4_000, policy.calculateRedeliveryDelay(0, 3));
    assertEquals(30_000, policy.calculateRedeliveryDelay(0, 4));
    assertEquals(30_000, policy.calculateRedeliveryDelay(0, 5_000));
  }

  @Test
  void pattern_ofTheLargestSettings_isWhatCamelReads() {
    // Given
    RedeliveryPolicy policy = new RedeliveryPolicy();

    // When
    policy.setDelayPattern(DeliveryDelays.pattern(settings("100", "3600", "100", "86400")));

    // Then
    assertEquals(3_600_000, policy.calculateRedeliveryDelay(0, 1));
    assertEquals(86_400_000, policy.calculateRedeliveryDelay(0, 101));
  }

  private static Settings settings(String retries, String base, String factor, String interval) {
    Map<Setting, String> values =
        Map.of(
            Setting.MAX_RETRIES, retries,
            Setting.RETRY_BACKOFF_BASE, base,
            Setting.RETRY_BACKOFF_MULTIPLIER, factor,
            Setting.MERGE_FLUSH_INTERVAL, interval);
    return Settings.from(values::get);
  }
}
