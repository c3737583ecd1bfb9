package io.tributary.merge;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Event;
import io.tributary.intake.Fingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The dedupe keys of what is stored, in a journal for each kind, so that a rare kind keeps no
 * other's records from being deleted. Guarded by the {@link MergeStore}.
 */
final class DedupeKeys {
  private final SeenIds seenIds;
  private final SeenContents contents;
  private final KeyJournal ids;
  private final KeyJournal payloads;
  private final KeyJournal entries;

  /** The keys of one fragment. */
  record Keys(List<Fingerprint> ids, List<Fingerprint> payloads, List<Fingerprint> entries) {}

  DedupeKeys(SeenIds seenIds, SeenContents seenContents, int size, Duration timeToLive) {
    this.seenIds = seenIds;
    this.contents = seenContents;
    this.ids =
        new KeyJournal(
            StateKey.IDS, 1, size, timeToLive, (id, same, age) -> seenIds.restore(id, age));
    this.payloads =
        new KeyJournal(
            StateKey.PAYLOADS,
            1,
            size,
            timeToLive,
            (payload, same, age) -> seenContents.restorePayload(payload, age));
    this.entries =
        new KeyJournal(StateKey.ENTRIES, 2, size, timeToLive, seenContents::restoreEntry);
  }

  Keys of(Fragment fragment) {
    Keys keys = new Keys(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    fragment.remembered().forEach(event -> keys.ids().add(event.idPrint()));
    for (Event event : fragment.merged()) {
      keys.ids().add(event.idPrint());
      Event.Payload payload = event.payload();
      if (payload != null) {
        addContent(payload, keys);
      }
    }
    return keys;
  }

  void addTo(StateFolder.Changes changes, Keys keys, long now) {
    ids.addTo(changes, keys.ids(), now);
    payloads.addTo(changes, keys.payloads(), now);
    entries.addTo(changes, keys.entries(), now);
  }

  void added(Keys keys, long now) {
    ids.added(keys.ids(), now);
    payloads.added(keys.payloads(), now);
    entries.added(keys.entries(), now);
  }

  void load(StateFolder folder, long now) {
    ids.load(folder, now);
    payloads.load(folder, now);
    entries.load(folder, now);
  }

  boolean forgetId(ReopeningFolder folder, Fingerprint id) {
    boolean known = ids.forget(folder, id);
    seenIds.forget(id);
    return known;
  }

  boolean forgetEntry(ReopeningFolder folder, Fingerprint id) {
    boolean known = entries.forget(folder, id);
    contents.forgetEntry(id);
    return known;
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
