package io.tributary.merge;

import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Event;
import io.tributary.intake.Fingerprint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The dedupe keys of what is stored: one journal record per fragment, written together with it.
 * Says which records have become superfluous, and fills the memories after a restart. Guarded by
 * the {@link MergeStore}.
 *
 * <p>A record is: time of writing in milliseconds (8 bytes), the numbers of IDs, payloads and
 * entries (4 bytes each), then the prints: 16 bytes for an ID, 16 for a payload, 32 for an entry.
 */
final class KeyJournal {
  private static final int HEADER = Long.BYTES + 3 * Integer.BYTES;
  private static final int PRINT = 2 * Long.BYTES;

  private final SeenIds ids;
  private final SeenContents contents;
  private final int size;
  private final Duration timeToLive;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private long nextNumber = 1;
  private long keptIds;
  private long keptPayloads;
  private long keptEntries;

  /** What the journal knows of a record in the store. */
  private record Kept(long number, long time, int ids, int payloads, int entries) {}

  KeyJournal(SeenIds ids, SeenContents contents, int size, Duration timeToLive) {
    this.ids = ids;
    this.contents = contents;
    this.size = size;
    this.timeToLive = timeToLive;
  }

  /** The number that the next record gets. */
  long nextNumber() {
    return nextNumber;
  }

  /** The journal record of a fragment. */
  byte[] encode(Fragment fragment, long now) {
    List<Fingerprint> payloads = new ArrayList<>();
    List<Event.Entry> entries = new ArrayList<>();
    for (Event event : fragment.merged()) {
      Event.Payload payload = event.payload();
      if (payload == null) {
        continue;
      }
      if (contents.isComparedWhole(payload)) {
        payloads.add(payload.whole());
      }
      payload.entries().stream().filter(entry -> entry.id() != null).forEach(entries::add);
    }
    int idCount = fragment.merged().size() + fragment.remembered().size();
    ByteBuffer record =
        ByteBuffer.allocate(HEADER + PRINT * (idCount + payloads.size() + 2 * entries.size()));
    record.putLong(now).putInt(idCount).putInt(payloads.size()).putInt(entries.size());
    fragment.remembered().forEach(event -> put(record, event.idPrint()));
    fragment.merged().forEach(event -> put(record, event.idPrint()));
    payloads.forEach(print -> put(record, print));
    for (Event.Entry entry : entries) {
      put(record, java.util.Objects.requireNonNull(entry.id()));
      put(record, entry.value());
    }
    return record.array();
  }

  /** Says that a record is in the store. */
  void added(long number, byte[] record) {
    ByteBuffer header = ByteBuffer.wrap(record);
    add(new Kept(number, header.getLong(), header.getInt(), header.getInt(), header.getInt()));
  }

  /** Reads a record back into the memories, if it is young enough and new here. Oldest first. */
  void restore(long number, byte[] bytes, long now) {
    if (number < nextNumber()) {
      return;
    }
    ByteBuffer record = ByteBuffer.wrap(bytes);
    Kept read =
        new Kept(number, record.getLong(), record.getInt(), record.getInt(), record.getInt());
    add(read);
    Duration age = Duration.ofMillis(Math.max(0, now - read.time()));
    if (age.compareTo(timeToLive) >= 0) {
      return;
    }
    for (int i = 0; i < read.ids(); i++) {
      ids.restore(print(record), age);
    }
    for (int i = 0; i < read.payloads(); i++) {
      contents.restorePayload(print(record), age);
    }
    for (int i = 0; i < read.entries(); i++) {
      contents.restoreEntry(print(record), print(record), age);
    }
  }

  /** The numbers of the oldest records, as far as nothing needs them any more. */
  List<Long> superfluous(long now) {
    List<Long> numbers = new ArrayList<>();
    long ids = keptIds;
    long payloads = keptPayloads;
    long entries = keptEntries;
    for (Kept oldest : kept) {
      ids -= oldest.ids();
      payloads -= oldest.payloads();
      entries -= oldest.entries();
      boolean expired = now - oldest.time() >= timeToLive.toMillis();
      boolean outnumbered =
          ids >= size
              && (oldest.payloads() == 0 || payloads >= size)
              && (oldest.entries() == 0 || entries >= size);
      if (!expired && !outnumbered) {
        break;
      }
      numbers.add(oldest.number());
    }
    return numbers;
  }

  /** Says that the oldest records are no longer in the store. */
  void dropped(List<Long> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      Kept oldest = kept.removeFirst();
      keptIds -= oldest.ids();
      keptPayloads -= oldest.payloads();
      keptEntries -= oldest.entries();
    }
  }

  private void add(Kept record) {
    kept.addLast(record);
    nextNumber = record.number() + 1;
    keptIds += record.ids();
    keptPayloads += record.payloads();
    keptEntries += record.entries();
  }

  private static void put(ByteBuffer target, Fingerprint print) {
    target.putLong(print.high()).putLong(print.low());
  }

  private static Fingerprint print(ByteBuffer source) {
    return new Fingerprint(source.getLong(), source.getLong());
  }
}
