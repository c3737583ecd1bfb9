package io.tributary.dedupe;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import java.time.Duration;

/** The message IDs seen lately, over all topics. Safe for several threads. */
public final class SeenIds extends EventRepository {
  private final RecentKeys ids;

  /**
   * @param size IDs remembered
   * @param timeToLive how long each is remembered
   */
  public SeenIds(int size, Duration timeToLive) {
    super(Outcome.DUPLICATE_ID, "Skipping duplicate message: id={} (already processed)");
    this.ids = new RecentKeys(size, timeToLive);
  }

  @Override
  boolean accept(Event event) {
    return ids.addIfNew(event.idHash(), event.idHash());
  }

  @Override
  void forget(Event event) {
    ids.remove(event.idHash());
  }

  /** Remembers an ID from before a restart. Oldest first, before the first event. */
  public void restore(Hash128 id, Duration age) {
    ids.restore(id, id, age);
  }

  /** How many IDs are remembered. */
  public long count() {
    return ids.count();
  }

  @Override
  public void clear() {
    super.clear();
    ids.clear();
  }
}
