package io.tributary.store;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import io.tributary.poll.Poll;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The dedupe keys of what is stored, in a journal for each kind, so that a rare kind keeps no
 * other's rows from being deleted. Guarded by the {@link Store}.
 */
final class DedupeKeys {
  private final SeenContents contents;
  private final KeyJournal ids;
  private final KeyJournal payloads;
  private final KeyJournal entries;

  /** The keys of one poll. */
  record Keys(List<Hash128> ids, List<Hash128> payloads, List<Hash128> entries) {}

  DedupeKeys(SeenIds seenIds, SeenContents contents, int size, Duration timeToLive) {
    this.contents = contents;
    this.ids =
        new KeyJournal("id", 1, size, timeToLive, (id, same, age) -> seenIds.restore(id, age));
    this.payloads =
        new KeyJournal(
            "payload",
            1,
            size,
            timeToLive,
            (payload, same, age) -> contents.restorePayload(payload, age));
    this.entries = new KeyJournal("entry", 2, size, timeToLive, contents::restoreEntry);
  }

  Keys of(Poll poll) {
    Keys keys = new Keys(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Event event : poll.events()) {
      if (event.outcome() != Outcome.DUPLICATE_ID) {
        keys.ids().add(event.idHash());
      }
      Event.Payload payload = event.payload();
      if (event.outcome() == Outcome.MERGED && payload != null) {
        addContent(payload, keys);
      }
    }
    return keys;
  }

  void write(Tables tables, Keys keys, long now) throws SQLException {
    ids.write(tables, keys.ids(), now);
    payloads.write(tables, keys.payloads(), now);
    entries.write(tables, keys.entries(), now);
  }

  void written(Keys keys, long now) {
    ids.written(keys.ids(), now);
    payloads.written(keys.payloads(), now);
    entries.written(keys.entries(), now);
  }

  void load(Tables tables, long now) throws SQLException {
    ids.load(tables, now);
    payloads.load(tables, now);
    entries.load(tables, now);
  }

  private void addContent(Event.Payload payload, Keys keys) {
    if (contents.isComparedWhole(payload)) {
      keys.payloads().add(payload.whole());
    }
    for (Event.Entry entry : payload.entries()) {
      if (entry.id() != null) {
        keys.entries().add(entry.id());
        keys.entries().add(entry.value());
      }
    }
  }
}
