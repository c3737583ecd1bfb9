package io.tributary.delivery;

import io.tributary.merge.Batch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last batches that were settled since the start. Safe for several threads. */
public final class RecentBatches {
  private static final int KEPT = 10;

  private final Deque<SettledBatch> newestFirst = new ArrayDeque<>();
  private final Clock clock;

  public RecentBatches(Clock clock) {
    this.clock = clock;
  }

  /** The batches, newest first. */
  public synchronized List<SettledBatch> newestFirst() {
    return List.copyOf(newestFirst);
  }

  synchronized void settled(Batch batch, boolean taken) {
    Instant now = clock.instant();
    newestFirst.addFirst(
        new SettledBatch(
            batch.eventId(),
            taken,
            batch.counts(),
            batch.messages(),
            now,
            Math.max(0, Duration.between(completedAt(batch, now), now).toSeconds())));
    if (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }

  /** A picture is no reason to fail a delivery: what is no time counts as now. */
  private static Instant completedAt(Batch batch, Instant now) {
    Batch.Completion completion = batch.completion();
    if (completion == null) {
      return now;
    }
    try {
      return Instant.parse(completion.timestamp());
    } catch (DateTimeParseException notATime) {
      return now;
    }
  }
}
