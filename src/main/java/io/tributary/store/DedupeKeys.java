package io.tributary.store;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.event.Hash128;
import io.tributary.event.Outcome;
import io.tributary.poll.Poll;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The dedupe keys of what is stored, in a journal for each kind, so that a rare kind keeps no
 * other's rows from being deleted. Guarded by the {@link Store}.
 */
final class DedupeKeys {
  private final SeenContents contents;
  private final KeyJournal ids;
  private final KeyJournal payloads;
  private final KeyJournal entries;

  /** The keys of one poll, as they are stored. */
  @SuppressWarnings("ArrayRecordComponent") // bytes are handed on, never compared
  record Keys(byte[] ids, byte[] payloads, byte[] entries) {}

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
    int entriesAtMost = 0;
    for (Event event : poll.events()) {
      Event.Payload payload = event.payload();
      entriesAtMost += payload == null ? 0 : payload.entries().size();
    }
    ByteBuffer ids = room(poll.events().size());
    ByteBuffer payloads = room(poll.events().size());
    ByteBuffer entries = room(2 * entriesAtMost);
    for (Event event : poll.events()) {
      if (event.outcome() != Outcome.DUPLICATE_ID) {
        put(event.idHash(), ids);
      }
      Event.Payload payload = event.payload();
      if (event.outcome() == Outcome.MERGED && payload != null) {
        if (contents.isComparedWhole(payload)) {
          put(payload.whole(), payloads);
        }
        for (Event.Entry entry : payload.entries()) {
          if (entry.id() != null) {
            put(entry.id(), entries);
            put(entry.value(), entries);
          }
        }
      }
    }
    return new Keys(filled(ids), filled(payloads), filled(entries));
  }

  private static ByteBuffer room(int hashes) {
    return ByteBuffer.allocate(hashes * KeyJournal.HASH_BYTES);
  }

  private static void put(Hash128 hash, ByteBuffer to) {
    to.putLong(hash.high()).putLong(hash.low());
  }

  private static byte[] filled(ByteBuffer hashes) {
    byte[] bytes = new byte[hashes.flip().remaining()];
    hashes.get(bytes);
    return bytes;
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
}
