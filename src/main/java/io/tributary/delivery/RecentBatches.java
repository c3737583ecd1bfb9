package io.tributary.delivery;

import io.tributary.batch.Batch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The last batches that were settled since the start. Safe for several threads. */
public final class RecentBatches {
  private static final int KEPT = 10;

  private final Deque<Settled> newestFirst = new ArrayDeque<>();
  private final Clock clock;

  /**
   * What became of a batch that needs no more attempts, as the status page has it.
   *
   * @param eventId its identity towards the API
   * @param taken whether the API has taken it; otherwise it is a dead letter
   * @param reason why it was completed
   * @param records how many, by section
   * @param messages merged into it
   * @param at when that was known, in milliseconds since the epoch
   * @param seconds since it was completed, with all attempts and the wait for older batches; a
   *     completion is known to the second only
   */
  public record Settled(
      String eventId,
      boolean taken,
      String reason,
      Map<String, Integer> records,
      int messages,
      long at,
      long seconds) {}

  public RecentBatches(Clock clock) {
    this.clock = clock;
  }

  /** How many records a batch has, by section. */
  public static Map<String, Integer> records(Batch batch) {
    Map<String, Integer> records = new LinkedHashMap<>();
    batch.counts().forEach(c -> records.merge(c.section().name(), c.records(), Integer::sum));
    return records;
  }

  public synchronized List<Settled> newestFirst() {
    return List.copyOf(newestFirst);
  }

  synchronized void settled(Batch batch, boolean taken) {
    Instant now = clock.instant();
    Instant completed = Objects.requireNonNullElse(batch.completedAt(), now);
    newestFirst.addFirst(
        new Settled(
            batch.eventId(),
            taken,
            batch.reason(),
            records(batch),
            batch.messages(),
            now.toEpochMilli(),
            Math.max(0, Duration.between(completed, now).toSeconds())));
    if (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }
}
