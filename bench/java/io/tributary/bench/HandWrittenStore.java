package io.tributary.bench;

import io.tributary.event.Event;
import io.tributary.event.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.jspecify.annotations.Nullable;

/**
 * The open batch of {@link HandWritten} and its LevelDB folder: what a poll brings is written once,
 * with its dedupe keys, and is on disk when the call returns. Safe for several threads.
 */
final class HandWrittenStore implements AutoCloseable {
  private static final WriteOptions DURABLE = new WriteOptions().sync(true);
  private static final int PRINT = 2 * Long.BYTES;

  private final int maxMessages;
  private final long maxBytes;
  private final int rememberedKeys;
  private final BlockingQueue<HandWrittenBatch> complete;
  private final DB db;
  private final Deque<Keys> journal = new ArrayDeque<>();
  private long keptIds;
  private long keptEntries;
  private long batches;
  private @Nullable HandWrittenBatch open;

  /** What is known of the dedupe keys in the store that one poll brought. */
  private record Keys(long number, int ids, int entries) {}

  /**
   * @param complete takes the completed batches; when it is full, reading waits
   */
  HandWrittenStore(
      Path folder,
      int maxMessages,
      long maxBytes,
      int rememberedKeys,
      BlockingQueue<HandWrittenBatch> complete)
      throws IOException {
    System.setProperty("leveldb.mmap", "false");
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.rememberedKeys = rememberedKeys;
    this.complete = complete;
    Options options =
        new Options()
            .compressionType(CompressionType.NONE)
            .writeBufferSize(8 * 1024 * 1024)
            .verifyChecksums(true)
            .paranoidChecks(true);
    this.db = Iq80DBFactory.factory.open(folder.toFile(), options);
  }

  /**
   * Writes what one poll brings.
   *
   * @param merged events whose records go into a batch
   * @param skipped events of which only the ID is remembered
   */
  synchronized void add(int section, List<Event> merged, List<Event> skipped)
      throws IOException, InterruptedException {
    List<HandWrittenBatch> full = new ArrayList<>();
    try (WriteBatch write = db.createWriteBatch()) {
      int from = 0;
      while (from < merged.size()) {
        int to = fitting(merged, from);
        append(section, merged.subList(from, to), write, full);
        from = to;
      }
      if (open != null) {
        write.put(key('b', open.number(), 0), open.head());
      }
      addKeys(merged, skipped, write);
      db.write(write, DURABLE);
    }
    for (HandWrittenBatch batch : full) {
      complete.put(batch);
    }
  }

  /** Completes the open batch when its window is over. */
  synchronized void completeAfter(long millis) throws IOException, InterruptedException {
    HandWrittenBatch batch = open;
    if (batch != null && System.currentTimeMillis() - batch.openedAt() >= millis) {
      batch.complete();
      db.put(key('b', batch.number(), 0), batch.head(), DURABLE);
      open = null;
      complete.put(batch);
    }
  }

  /** Forgets a batch that has been delivered. */
  void forget(HandWrittenBatch batch) throws IOException {
    try (WriteBatch write = db.createWriteBatch()) {
      write.delete(key('b', batch.number(), 0));
      for (int i = 0; i < batch.fragments(); i++) {
        write.delete(key('f', batch.number(), i));
      }
      db.write(write, DURABLE);
    }
  }

  @Override
  public void close() throws IOException {
    db.close();
  }

  /** The end of the longest run of events that fits into one batch, of at least one event. */
  private int fitting(List<Event> merged, int from) {
    long bytes = 0;
    int to = from;
    while (to < merged.size() && to - from < maxMessages) {
      bytes += merged.get(to).payloadLength() + 1;
      if (bytes > maxBytes && to > from) {
        break;
      }
      to++;
    }
    return to;
  }

  private void append(
      int section, List<Event> events, WriteBatch write, List<HandWrittenBatch> full) {
    int length = events.stream().mapToInt(event -> event.payloadLength() + 1).sum() - 1;
    HandWrittenBatch batch = open;
    if (batch != null
        && (batch.messages() + events.size() > maxMessages
            || batch.bytes() + length + 1 > maxBytes)) {
      batch.complete();
      write.put(key('b', batch.number(), 0), batch.head());
      full.add(batch);
      batch = null;
    }
    if (batch == null) {
      batch = new HandWrittenBatch(++batches);
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    int records = 0;
    for (Event event : events) {
      if (payload.position() > 0) {
        payload.put((byte) ',');
      }
      event.copyPayload(payload);
      records += event.recordCount();
    }
    write.put(key('f', batch.number(), batch.fragments()), payload.array());
    batch.add(section, payload.array(), events.size(), records);
    open = batch;
  }

  private void addKeys(List<Event> merged, List<Event> skipped, WriteBatch write) {
    List<Event.Entry> entries = new ArrayList<>();
    for (Event event : merged) {
      if (event.payload() != null) {
        entries.addAll(event.payload().entries());
      }
    }
    int ids = merged.size() + skipped.size();
    ByteBuffer keys = ByteBuffer.allocate(PRINT * (ids + 2 * entries.size()));
    merged.forEach(event -> put(keys, event.idPrint()));
    skipped.forEach(event -> put(keys, event.idPrint()));
    for (Event.Entry entry : entries) {
      put(keys, entry.id());
      put(keys, entry.value());
    }
    long number = journal.isEmpty() ? 1 : journal.getLast().number() + 1;
    write.put(key('k', number, 0), keys.array());
    journal.addLast(new Keys(number, ids, entries.size()));
    keptIds += ids;
    keptEntries += entries.size();
    while (keptIds - journal.getFirst().ids() >= rememberedKeys
        && keptEntries - journal.getFirst().entries() >= rememberedKeys) {
      Keys oldest = journal.removeFirst();
      keptIds -= oldest.ids();
      keptEntries -= oldest.entries();
      write.delete(key('k', oldest.number(), 0));
    }
  }

  private static void put(ByteBuffer keys, @Nullable Fingerprint print) {
    keys.putLong(print == null ? 0 : print.high()).putLong(print == null ? 0 : print.low());
  }

  private static byte[] key(char letter, long number, int part) {
    return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
        .put((byte) letter)
        .putLong(number)
        .putInt(part)
        .array();
  }
}
