package io.tributary.dedupe;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last accepted hash of each payload entry, by topic and {@code id}; and the hashes of whole
 * payloads, for events with an entry that has no {@code id} and for {@link ContentDedupe#WINDOW}.
 * Safe for several threads.
 */
public final class SeenContents extends EventRepository {
  private final ContentDedupe mode;
  private final int size;
  private final long liveNanos;

  /** In the order in which they were written. */
  private final Map<Hash128, Last> lastEntries = new LinkedHashMap<>();

  private record Last(Hash128 value, long writtenAt) {}

  /**
   * @param size entries remembered, and as many whole payloads
   * @param timeToLive how long each is remembered
   */
  public SeenContents(ContentDedupe mode, int size, Duration timeToLive) {
    super(Outcome.DUPLICATE_CONTENT, "Skipping duplicate content: id={}", size, timeToLive);
    this.mode = mode;
    this.size = size;
    this.liveNanos = timeToLive.toNanos();
  }

  /** One lock for all: an event's entries must be compared and replaced together. */
  @Override
  synchronized boolean accept(Event event) {
    Event.Payload payload = event.payload();
    if (mode == ContentDedupe.OFF || payload == null) {
      return true;
    }
    long now = System.nanoTime();
    boolean isNew =
        isComparedWhole(payload) ? keys.addIfNew(payload.whole()) : hasNews(payload, now);
    if (isNew && mode == ContentDedupe.LATEST) {
      for (Event.Entry entry : payload.entries()) {
        if (entry.id() != null) {
          write(entry.id(), new Last(entry.value(), now));
        }
      }
    }
    return isNew;
  }

  @Override
  synchronized void forget(Event event) {
    Event.Payload payload = event.payload();
    if (payload == null) {
      return;
    }
    if (isComparedWhole(payload)) {
      keys.remove(payload.whole());
    }
    for (Event.Entry entry : payload.entries()) {
      Last last = lastEntries.get(entry.id());
      if (last != null && last.value().equals(entry.value())) {
        lastEntries.remove(entry.id());
      }
    }
  }

  /** Remembers an entry from before a restart. Oldest first, before the first event. */
  public synchronized void restoreEntry(Hash128 id, Hash128 entry, Duration age) {
    write(id, new Last(entry, System.nanoTime() - age.toNanos()));
  }

  /** Remembers a whole payload from before a restart. Oldest first, before the first event. */
  public void restorePayload(Hash128 payload, Duration age) {
    keys.restore(payload, age);
  }

  /** Whether an event with this payload is compared as a whole. */
  public boolean isComparedWhole(Event.Payload payload) {
    return mode == ContentDedupe.WINDOW || !payload.isIdentified();
  }

  @Override
  public synchronized long count() {
    return super.count() + lastEntries.size();
  }

  @Override
  public synchronized void clear() {
    super.clear();
    lastEntries.clear();
  }

  private boolean hasNews(Event.Payload payload, long now) {
    for (Event.Entry entry : payload.entries()) {
      Last last = lastEntries.get(entry.id());
      if (last == null
          || !last.value().equals(entry.value())
          || now - last.writtenAt() >= liveNanos) {
        return true;
      }
    }
    return false;
  }

  private void write(Hash128 id, Last entry) {
    lastEntries.remove(id);
    lastEntries.put(id, entry);
    Iterator<Last> oldest = lastEntries.values().iterator();
    while (oldest.hasNext()
        && (entry.writtenAt() - oldest.next().writtenAt() >= liveNanos
            || lastEntries.size() > size)) {
      oldest.remove();
    }
  }
}
