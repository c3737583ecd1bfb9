package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.support.MutableClock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "' 7 ', 7",
    "007, 7",
    "120, 120",
    "3600, 3600",
    "3601, 3600",
    "999999999, 3600"
  })
  void seconds_areTheDelayUpToAnHour(String header, long expected) {
    // When
    Optional<Duration> delay = RetryAfter.parse(header, clock);

    // Then
    assertEquals(Optional.of(Duration.ofSeconds(expected)), delay);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999999", "99999999999999999999999999"})
  void moreSecondsThanFitANumber_areAnHour(String header) {
    // When
    Optional<Duration> delay = RetryAfter.parse(header, clock);

    // Then
    assertEquals(Optional.of(RetryAfter.LONGEST), delay);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Thu, 08 Feb 2024 10:30:42 GMT | 42",
        "Thu, 8 Feb 2024 10:31:00 GMT  | 60",
        "Thu, 08 Feb 2024 11:30:00 GMT | 3600",
        "Fri, 09 Feb 2024 10:30:00 GMT | 3600",
        "Fri, 31 Dec 9999 23:59:59 GMT | 3600",
        "Thursday, 08-Feb-24 10:30:42 GMT | 42",
        "Thu Feb  8 10:30:42 2024 | 42"
      })
  void date_isTheDelayUntilThenUpToAnHour(String header, long expected) {
    // When
    Optional<Duration> delay = RetryAfter.parse(header, clock);

    // Then
    assertEquals(Optional.of(Duration.ofSeconds(expected)), delay);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "000",
        "-1",
        "+1",
        "1.5",
        "1s",
        "soon",
        "٣",
        "1, 2",
        "Thu, 08 Feb 2024 10:30:00 GMT",
        "Thu, 08 Feb 2024 10:29:59 GMT",
        "Mon, 08 Feb 2024 10:40:00 GMT",
        "Thu, 32 Feb 2024 10:40:00 GMT",
        "2024-02-08T10:40:00Z"
      })
  void otherValues_areNoDelay(String header) {
    // When
    Optional<Duration> delay = RetryAfter.parse(header, clock);

    // Then
    assertEquals(Optional.empty(), delay);
  }

  @Test
  void date_isReadWhateverTheLocale() {
    // Given
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      // When
      Optional<Duration> delay = RetryAfter.parse("Thu, 08 Feb 2024 10:30:05 GMT", clock);

      // Then
      assertEquals(Optional.of(Duration.ofSeconds(5)), delay);
    } finally {
      Locale.setDefault(before);
    }
  }
}
