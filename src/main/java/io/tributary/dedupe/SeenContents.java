package io.tributary.dedupe;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import java.time.Duration;

/**
 * The last accepted hash of each payload entry, by topic and {@code id}; and the hashes of whole
 * payloads, for events with an entry that has no {@code id} and for {@link ContentDedupe#WINDOW}.
 * Safe for several threads.
 */
public final class SeenContents extends EventRepository {
  private final ContentDedupe mode;
  private final RecentKeys lastEntries;
  private final RecentKeys payloads;

  /**
   * @param size entries remembered, and as many whole payloads
   * @param timeToLive how long each is remembered
   */
  public SeenContents(ContentDedupe mode, int size, Duration timeToLive) {
    super(Outcome.DUPLICATE_CONTENT, "Skipping duplicate content: id={}");
    this.mode = mode;
    this.lastEntries = new RecentKeys(size, timeToLive);
    this.payloads = new RecentKeys(size, timeToLive);
  }

  /** One lock for all: an event's entries must be compared and replaced together. */
  @Override
  synchronized boolean accept(Event event) {
    Event.Payload payload = event.payload();
    if (mode == ContentDedupe.OFF || payload == null) {
      return true;
    }
    if (isComparedWhole(payload)) {
      if (!payloads.addIfNew(payload.whole(), payload.whole())) {
        return false;
      }
    } else if (saysNothingNew(payload)) {
      return false;
    }
    replaceEntries(payload);
    return true;
  }

  @Override
  synchronized void forget(Event event) {
    Event.Payload payload = event.payload();
    if (payload == null) {
      return;
    }
    if (isComparedWhole(payload)) {
      payloads.remove(payload.whole());
    }
    for (Event.Entry entry : payload.entries()) {
      if (entry.id() != null) {
        lastEntries.remove(entry.id(), entry.value());
      }
    }
  }

  /** Remembers an entry from before a restart. Oldest first, before the first event. */
  public void restoreEntry(Hash128 id, Hash128 entry, Duration age) {
    lastEntries.restore(id, entry, age);
  }

  /** Remembers a whole payload from before a restart. Oldest first, before the first event. */
  public void restorePayload(Hash128 payload, Duration age) {
    payloads.restore(payload, payload, age);
  }

  /** Whether an event with this payload is compared as a whole. */
  public boolean isComparedWhole(Event.Payload payload) {
    if (mode == ContentDedupe.WINDOW) {
      return true;
    }
    for (Event.Entry entry : payload.entries()) {
      if (entry.id() == null) {
        return true;
      }
    }
    return false;
  }

  /** How many entries and payloads are remembered. */
  public long count() {
    return lastEntries.count() + payloads.count();
  }

  @Override
  public synchronized void clear() {
    super.clear();
    lastEntries.clear();
    payloads.clear();
  }

  private boolean saysNothingNew(Event.Payload payload) {
    for (Event.Entry entry : payload.entries()) {
      if (entry.id() == null || !lastEntries.holds(entry.id(), entry.value())) {
        return false;
      }
    }
    return true;
  }

  private void replaceEntries(Event.Payload payload) {
    if (mode == ContentDedupe.LATEST) {
      for (Event.Entry entry : payload.entries()) {
        if (entry.id() != null) {
          lastEntries.put(entry.id(), entry.value());
        }
      }
    }
  }
}
