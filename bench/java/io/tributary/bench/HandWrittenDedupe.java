package io.tributary.bench;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dedupe of {@link HandWritten}, by ID and by latest content. One thread at a time. */
final class HandWrittenDedupe {
  private static final Logger LOG = LoggerFactory.getLogger(HandWrittenDedupe.class);

  private final RecentHashes ids;
  private final RecentHashes entries;
  private final RecentHashes payloads;

  HandWrittenDedupe(int size, Duration timeToLive) {
    this.ids = new RecentHashes(size, timeToLive);
    this.entries = new RecentHashes(size, timeToLive);
    this.payloads = new RecentHashes(size, timeToLive);
  }

  /** Whether the ID is new; remembers it. */
  boolean isNewId(Event event) {
    if (ids.get(event.idHash()) != null) {
      LOG.warn("Skipping duplicate message: id={} (already processed)", event.messageId());
      return false;
    }
    ids.put(event.idHash(), event.idHash());
    return true;
  }

  /** Whether the content is new; remembers it. */
  boolean isNewContent(Event event, Event.Payload payload) {
    boolean whole = payload.entries().stream().anyMatch(entry -> entry.id() == null);
    if (whole ? payloads.get(payload.whole()) != null : saysNothingNew(payload)) {
      LOG.warn("Skipping duplicate content: id={}", event.messageId());
      return false;
    }
    if (whole) {
      payloads.put(payload.whole(), payload.whole());
    }
    for (Event.Entry entry : payload.entries()) {
      if (entry.id() != null) {
        entries.put(entry.id(), entry.value());
      }
    }
    return true;
  }

  private boolean saysNothingNew(Event.Payload payload) {
    for (Event.Entry entry : payload.entries()) {
      Hash128 id = entry.id();
      if (id == null || !entry.value().equals(entries.get(id))) {
        return false;
      }
    }
    return true;
  }
}
