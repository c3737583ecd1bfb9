package io.tributary.dedupe;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import java.time.Duration;

/** The message IDs seen lately, over all topics. Safe for several threads. */
public final class SeenIds extends EventRepository {
  /**
   * @param size IDs remembered
   * @param timeToLive how long each is remembered
   */
  public SeenIds(int size, Duration timeToLive) {
    super(
        Outcome.DUPLICATE_ID,
        "Skipping duplicate message: id={} (already processed)",
        size,
        timeToLive);
  }

  @Override
  boolean accept(Event event) {
    return keys.addIfNew(event.idHash());
  }

  @Override
  void forget(Event event) {
    keys.remove(event.idHash());
  }

  /** Remembers an ID from before a restart. Oldest first, before the first event. */
  public void restore(Hash128 id, Duration age) {
    keys.restore(id, age);
  }
}
