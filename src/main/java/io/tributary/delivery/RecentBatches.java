package io.tributary.delivery;

import io.tributary.batch.Batch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

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
    Instant completed = Objects.requireNonNullElse(batch.completedAt(), now);
    newestFirst.addFirst(
        new SettledBatch(
            batch.eventId(),
            taken,
            batch.counts(),
            batch.messages(),
            now,
            Math.max(0, Duration.between(completed, now).toSeconds())));
    if (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }
}
