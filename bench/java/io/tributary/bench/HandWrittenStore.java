package io.tributary.bench;

import io.tributary.event.Event;
import io.tributary.event.Hash128;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The open batch of {@link HandWritten} and its SQLite file: what a poll brings is written once,
 * with its dedupe keys, in one transaction; a batch that is complete is on disk. Safe for several
 * threads.
 */
final class HandWrittenStore implements AutoCloseable {
  private static final int HASH_BYTES = 2 * Long.BYTES;

  private final int maxMessages;
  private final long maxBytes;
  private final int rememberedKeys;
  private final BlockingQueue<HandWrittenBatch> complete;
  private final Connection db;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
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
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
    this.rememberedKeys = rememberedKeys;
    this.complete = complete;
    Files.createDirectories(folder);
    try {
      this.db = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("loop.db"));
      run("PRAGMA page_size=32768");
      run("PRAGMA journal_mode=WAL");
      run("PRAGMA temp_store=MEMORY");
      run("PRAGMA wal_autocheckpoint=512");
      run("CREATE TABLE IF NOT EXISTS batch (number INTEGER PRIMARY KEY, head BLOB)");
      run(
          "CREATE TABLE IF NOT EXISTS fragment (batch INTEGER, place INTEGER, payload BLOB,"
              + " PRIMARY KEY (batch, place))");
      run("CREATE TABLE IF NOT EXISTS keys (number INTEGER PRIMARY KEY, hashes BLOB)");
    } catch (SQLException e) {
      throw new IOException(e);
    }
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
    boolean completes = isFull(merged);
    write(
        completes,
        () -> {
          int from = 0;
          while (from < merged.size()) {
            int to = fitting(merged, from);
            append(section, merged.subList(from, to), full);
            from = to;
          }
          if (open != null) {
            putHead(open);
          }
          addKeys(merged, skipped);
        });
    for (HandWrittenBatch batch : full) {
      complete.put(batch);
    }
  }

  /** Completes the open batch when its window is over. */
  synchronized void completeAfter(long millis) throws IOException, InterruptedException {
    HandWrittenBatch batch = open;
    if (batch != null && System.currentTimeMillis() - batch.openedAt() >= millis) {
      batch.complete();
      write(true, () -> putHead(batch));
      open = null;
      complete.put(batch);
    }
  }

  /** Forgets a batch that has been delivered. */
  synchronized void forget(HandWrittenBatch batch) throws IOException {
    write(
        false,
        () -> {
          execute("DELETE FROM fragment WHERE batch = ?", batch.number());
          execute("DELETE FROM batch WHERE number = ?", batch.number());
        });
  }

  @Override
  public void close() throws IOException {
    try {
      db.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** Whether the open batch, or one of these, does not stay open. */
  private boolean isFull(List<Event> merged) {
    HandWrittenBatch batch = open;
    long bytes = batch == null ? 0 : batch.bytes();
    for (Event event : merged) {
      bytes += event.payloadLength() + 1;
    }
    return bytes > maxBytes || merged.size() + (batch == null ? 0 : batch.messages()) > maxMessages;
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

  private void append(int section, List<Event> events, List<HandWrittenBatch> full)
      throws SQLException {
    int length = events.stream().mapToInt(event -> event.payloadLength() + 1).sum() - 1;
    HandWrittenBatch batch = open;
    if (batch != null
        && (batch.messages() + events.size() > maxMessages
            || batch.bytes() + length + 1 > maxBytes)) {
      batch.complete();
      putHead(batch);
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
    execute(
        "INSERT INTO fragment VALUES (?, ?, ?)",
        batch.number(),
        batch.fragments(),
        payload.array());
    batch.add(section, payload.array(), events.size(), records);
    open = batch;
  }

  private void addKeys(List<Event> merged, List<Event> skipped) throws SQLException {
    List<Event.Entry> entries = new ArrayList<>();
    for (Event event : merged) {
      if (event.payload() != null) {
        entries.addAll(event.payload().entries());
      }
    }
    int ids = merged.size() + skipped.size();
    ByteBuffer keys = ByteBuffer.allocate(HASH_BYTES * (ids + 2 * entries.size()));
    merged.forEach(event -> put(keys, event.idHash()));
    skipped.forEach(event -> put(keys, event.idHash()));
    for (Event.Entry entry : entries) {
      put(keys, entry.id());
      put(keys, entry.value());
    }
    long number = journal.isEmpty() ? 1 : journal.getLast().number() + 1;
    execute("INSERT INTO keys VALUES (?, ?)", number, keys.array());
    journal.addLast(new Keys(number, ids, entries.size()));
    keptIds += ids;
    keptEntries += entries.size();
    while (keptIds - journal.getFirst().ids() >= rememberedKeys
        && keptEntries - journal.getFirst().entries() >= rememberedKeys) {
      Keys oldest = journal.removeFirst();
      keptIds -= oldest.ids();
      keptEntries -= oldest.entries();
      execute("DELETE FROM keys WHERE number = ?", oldest.number());
    }
  }

  private static void put(ByteBuffer keys, @Nullable Hash128 hash) {
    keys.putLong(hash == null ? 0 : hash.high()).putLong(hash == null ? 0 : hash.low());
  }

  private void putHead(HandWrittenBatch batch) throws SQLException {
    execute("INSERT OR REPLACE INTO batch VALUES (?, ?)", batch.number(), batch.head());
  }

  /** Changes that are made together. */
  @FunctionalInterface
  private interface Changes {
    void make() throws SQLException;
  }

  private void write(boolean durable, Changes changes) throws IOException {
    try {
      execute("PRAGMA synchronous=" + (durable ? "FULL" : "NORMAL"));
      execute("BEGIN IMMEDIATE");
      changes.make();
      execute("COMMIT");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void execute(String sql, Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = db.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    statement.execute();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.execute(sql);
    }
  }
}
