package io.tributary.batch;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Gives each completed batch its identity: {@code EVT-20240208103000-abc123}, the second in UTC and
 * six characters that count on from a random start, so that no two of one process are alike. Safe
 * for several threads.
 */
public final class CompletionFactory implements Function<CompletionReason, Batch.Completion> {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
  private static final int RADIX = 36;
  private static final long SUFFIXES = 2_176_782_336L; // 36 to the power of 6

  private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong(SUFFIXES));
  private final Clock clock;
  private final String source;
  private final String version;

  public CompletionFactory(Clock clock, String source, String version) {
    this.clock = clock;
    this.source = source;
    this.version = version;
  }

  @Override
  public Batch.Completion apply(CompletionReason reason) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String suffix = Long.toString(next.getAndIncrement() % SUFFIXES, RADIX);
    String eventId = "EVT-" + SECOND.format(now) + "-" + "0".repeat(6 - suffix.length()) + suffix;
    return new Batch.Completion(eventId, now.toString(), source, version, reason);
  }
}
