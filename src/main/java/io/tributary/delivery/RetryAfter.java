package io.tributary.delivery;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** Reads the header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
  /** What an API may ask for at the most. */
  static final Duration LONGEST = Duration.ofHours(1);

  /** Those that a recipient has to read; the client's last one has no zone. */
  private static final DateTimeFormatter[] DATES = {
    DateUtils.FORMATTER_RFC1123,
    DateUtils.FORMATTER_RFC1036,
    DateUtils.FORMATTER_ASCTIME.withZone(ZoneOffset.UTC)
  };

  private RetryAfter() {}

  /** The delay that an answer asks for; names of headers have no case, but Camel's map has. */
  static Optional<Duration> of(HttpOperationFailedException answer, Clock clock) {
    return answer.getResponseHeaders().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("Retry-After"))
        .findFirst()
        .flatMap(header -> parse(header.getValue(), clock));
  }

  /** The delay that is asked for; empty when it is absent, unreadable, zero or in the past. */
  static Optional<Duration> parse(@Nullable String header, Clock clock) {
    if (header == null) {
      return Optional.empty();
    }
    String value = header.strip();
    Duration delay = value.matches("\\d+") ? seconds(value) : until(value, clock);
    if (delay.isZero() || delay.isNegative()) {
      return Optional.empty();
    }
    return Optional.of(delay.compareTo(LONGEST) > 0 ? LONGEST : delay);
  }

  private static Duration seconds(String digits) {
    BigInteger longest = BigInteger.valueOf(LONGEST.toSeconds());
    return Duration.ofSeconds(new BigInteger(digits).min(longest).longValue());
  }

  private static Duration until(String date, Clock clock) {
    Instant then = DateUtils.parseDate(date.replaceAll(" +", " "), DATES);
    return then == null ? Duration.ZERO : Duration.between(clock.instant(), then);
  }
}
