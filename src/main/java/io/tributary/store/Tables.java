package io.tributary.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.batch.Batch;
import io.tributary.batch.BatchPart;
import io.tributary.batch.CompletionReason;
import io.tributary.batch.Fragment;
import io.tributary.poll.Position;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the store, and all of its SQL. Each row has a CRC of its columns, which is checked
 * when it is read. To be used within {@link SqliteFile#write} or {@link SqliteFile#read}.
 */
record Tables(SqliteFile file, SqliteFile.Session session) {
  /** What makes a new store; times are milliseconds since the epoch. */
  static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE store (identity TEXT NOT NULL, format INTEGER NOT NULL, crc INTEGER NOT NULL)
          STRICT""",
          """
          CREATE TABLE batch (
            number INTEGER PRIMARY KEY,  -- place in the order of batches
            state TEXT NOT NULL,         -- open, or pending: completed and not yet delivered
            event_id TEXT,               -- identity towards the API
            opened_at INTEGER NOT NULL,  -- when its first message was stored
            completed_at TEXT,
            source TEXT,                 -- name of the service
            version TEXT,
            reason TEXT,                 -- why it was completed: window, messages, bytes, operator
            messages INTEGER NOT NULL,
            payload_bytes INTEGER NOT NULL,
            fragments INTEGER NOT NULL,
            detail TEXT NOT NULL,        -- records by section, parts of a refused batch, traces
            crc INTEGER NOT NULL
          ) STRICT""",
          """
          CREATE TABLE fragment (        -- messages of one partition, one after the other
            batch INTEGER NOT NULL,
            place INTEGER NOT NULL,      -- in the batch
            section TEXT NOT NULL,
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            topic_id TEXT NOT NULL,
            first_offset INTEGER NOT NULL,
            last_offset INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            messages BLOB NOT NULL,      -- where each one ends and stood
            payload BLOB NOT NULL,       -- the records, with commas between them
            PRIMARY KEY (batch, place)
          ) STRICT""",
          """
          CREATE TABLE key_journal (     -- the keys by which duplicates are told, poll by poll
            kind TEXT NOT NULL,          -- id, payload or entry
            number INTEGER NOT NULL,
            written_at INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            hashes BLOB NOT NULL,        -- 16 bytes each; of an entry two: of its id, and of it
            PRIMARY KEY (kind, number)
          ) STRICT""",
          """
          CREATE TABLE position (        -- how far each partition has been read
            topic TEXT NOT NULL,
            partition INTEGER NOT NULL,
            topic_id TEXT NOT NULL,
            next_offset INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            PRIMARY KEY (topic, partition)
          ) STRICT""");

  private static final String PUT_BATCH =
      """
      INSERT INTO batch (number, state, event_id, opened_at, completed_at, source, version, reason,
        messages, payload_bytes, fragments, detail, crc)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (number) DO UPDATE SET state = excluded.state, event_id = excluded.event_id,
        opened_at = excluded.opened_at, completed_at = excluded.completed_at,
        source = excluded.source, version = excluded.version, reason = excluded.reason,
        messages = excluded.messages, payload_bytes = excluded.payload_bytes,
        fragments = excluded.fragments, detail = excluded.detail, crc = excluded.crc""";
  private static final String BATCHES =
      """
      SELECT number, state, event_id, opened_at, completed_at, source, version, reason, messages,
        payload_bytes, fragments, detail, crc FROM batch ORDER BY number""";
  private static final String DELETE_BATCH = "DELETE FROM batch WHERE number = ?";

  private static final String ADD_FRAGMENT =
      """
      INSERT INTO fragment (batch, place, section, topic, partition, topic_id, first_offset,
        last_offset, messages, payload, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String FRAGMENT_COLUMNS =
      """
      SELECT batch, place, section, topic, partition, topic_id, first_offset, last_offset, messages,
        payload, crc FROM fragment""";
  private static final String FRAGMENT = FRAGMENT_COLUMNS + " WHERE batch = ? AND place = ?";
  private static final String FRAGMENTS = FRAGMENT_COLUMNS + " ORDER BY batch, place";
  private static final String DELETE_FRAGMENTS = "DELETE FROM fragment WHERE batch = ?";

  private static final String ADD_KEYS =
      "INSERT INTO key_journal (kind, number, written_at, hashes, crc) VALUES (?, ?, ?, ?, ?)";
  private static final String KEYS =
      "SELECT kind, number, written_at, hashes, crc FROM key_journal WHERE kind = ? ORDER BY number";
  private static final String DELETE_KEYS =
      "DELETE FROM key_journal WHERE kind = ? AND number <= ?";

  private static final String PUT_POSITION =
      """
      INSERT INTO position (topic, partition, topic_id, next_offset, crc) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (topic, partition) DO UPDATE SET topic_id = excluded.topic_id,
        next_offset = excluded.next_offset, crc = excluded.crc""";
  private static final String POSITIONS =
      "SELECT topic, partition, topic_id, next_offset, crc FROM position";

  private static final String ADD_STORE =
      "INSERT INTO store (identity, format, crc) VALUES (?, ?, ?)";
  private static final String STORE = "SELECT identity, format, crc FROM store";

  private static final long FORMAT = 1;
  private static final String OPEN = "open";
  private static final String PENDING = "pending";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What of a batch's head is a list or a text that nobody searches for. */
  private record Detail(
      List<Batch.SectionCount> counts, @Nullable List<BatchPart> parts, List<String> traces) {}

  /** Takes each fragment, in the order of batches. */
  @FunctionalInterface
  interface FragmentVisitor {
    void visit(long batch, Fragment fragment);
  }

  /** Takes each row of a key journal, oldest first. */
  @FunctionalInterface
  interface KeysVisitor {
    void visit(long number, long writtenAt, ByteBuffer hashes);
  }

  void putBatch(Batch batch) throws SQLException {
    Batch.Completion completion = batch.completion();
    insert(
        PUT_BATCH,
        batch.number(),
        completion == null ? OPEN : PENDING,
        completion == null ? null : completion.eventId(),
        batch.openedAt(),
        completion == null ? null : completion.timestamp(),
        completion == null ? null : completion.source(),
        completion == null ? null : completion.version(),
        completion == null ? null : completion.reason().label(),
        batch.messages(),
        batch.payloadBytes(),
        batch.fragments(),
        json(new Detail(batch.counts(), batch.parts(), batch.traces())));
  }

  /** Deletes a batch and its fragments. */
  void deleteBatch(long number) throws SQLException {
    for (String sql : List.of(DELETE_FRAGMENTS, DELETE_BATCH)) {
      PreparedStatement delete = session.prepared(sql);
      delete.setLong(1, number);
      delete.executeUpdate();
    }
  }

  List<Batch> batches() throws SQLException {
    List<Batch> batches = new ArrayList<>();
    try (ResultSet row = session.prepared(BATCHES).executeQuery()) {
      while (row.next()) {
        check(
            row.getLong(13),
            row.getLong(1),
            row.getString(2),
            row.getString(3),
            row.getLong(4),
            row.getString(5),
            row.getString(6),
            row.getString(7),
            row.getString(8),
            row.getInt(9),
            row.getLong(10),
            row.getInt(11),
            row.getString(12));
        Batch.Completion completion =
            row.getString(2).equals(OPEN)
                ? null
                : new Batch.Completion(
                    row.getString(3),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    CompletionReason.valueOf(row.getString(8).toUpperCase(Locale.ROOT)));
        Detail detail = detail(row.getString(12));
        batches.add(
            new Batch(
                row.getLong(1),
                row.getLong(4),
                row.getInt(9),
                row.getLong(10),
                row.getInt(11),
                detail.counts(),
                completion,
                detail.traces(),
                detail.parts()));
      }
    }
    return batches;
  }

  void addFragment(long batch, int place, Fragment fragment) throws SQLException {
    insert(
        ADD_FRAGMENT,
        batch,
        place,
        fragment.section(),
        fragment.partition().topic(),
        fragment.partition().partition(),
        fragment.topicId().toString(),
        fragment.firstOffset(),
        fragment.lastOffset(),
        fragment.table(),
        bytes(fragment.payload()));
  }

  /** A fragment of a batch. */
  Fragment fragment(long batch, int place) throws SQLException {
    PreparedStatement select = session.prepared(FRAGMENT);
    select.setLong(1, batch);
    select.setInt(2, place);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw file.damaged("fragment " + place + " of batch " + batch + " is gone");
      }
      return fragment(row);
    }
  }

  void forEachFragment(FragmentVisitor visitor) throws SQLException {
    try (ResultSet row = session.prepared(FRAGMENTS).executeQuery()) {
      while (row.next()) {
        visitor.visit(row.getLong(1), fragment(row));
      }
    }
  }

  void addKeys(String kind, long number, long writtenAt, byte[] hashes) throws SQLException {
    insert(ADD_KEYS, kind, number, writtenAt, hashes);
  }

  /** Deletes the rows of a kind up to a number. */
  void deleteKeys(String kind, long last) throws SQLException {
    PreparedStatement delete = session.prepared(DELETE_KEYS);
    delete.setString(1, kind);
    delete.setLong(2, last);
    delete.executeUpdate();
  }

  void forEachKeys(String kind, KeysVisitor visitor) throws SQLException {
    PreparedStatement select = session.prepared(KEYS);
    select.setString(1, kind);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        byte[] hashes = row.getBytes(4);
        check(row.getLong(5), row.getString(1), row.getLong(2), row.getLong(3), hashes);
        visitor.visit(row.getLong(2), row.getLong(3), ByteBuffer.wrap(hashes));
      }
    }
  }

  void putPositions(Map<TopicPartition, Position> positions) throws SQLException {
    for (Map.Entry<TopicPartition, Position> entry : positions.entrySet()) {
      insert(
          PUT_POSITION,
          entry.getKey().topic(),
          entry.getKey().partition(),
          entry.getValue().topicId().toString(),
          entry.getValue().next());
    }
  }

  Map<TopicPartition, Position> positions() throws SQLException {
    Map<TopicPartition, Position> positions = new HashMap<>();
    try (ResultSet row = session.prepared(POSITIONS).executeQuery()) {
      while (row.next()) {
        check(row.getLong(5), row.getString(1), row.getInt(2), row.getString(3), row.getLong(4));
        positions.put(
            new TopicPartition(row.getString(1), row.getInt(2)),
            new Position(Uuid.fromString(row.getString(3)), row.getLong(4)));
      }
    }
    return positions;
  }

  void addIdentity(String identity) throws SQLException {
    insert(ADD_STORE, identity, FORMAT);
  }

  /** The name of this store among all others. */
  String identity() throws SQLException {
    try (ResultSet row = session.prepared(STORE).executeQuery()) {
      if (!row.next()) {
        throw file.damaged("it has no identity");
      }
      check(row.getLong(3), row.getString(1), row.getLong(2));
      if (row.getLong(2) != FORMAT) {
        throw new StoreException(file + " was written by another version of Tributary");
      }
      return row.getString(1);
    }
  }

  /** Its CRC is the last column. */
  private void insert(String sql, @Nullable Object... columns) throws SQLException {
    PreparedStatement insert = session.prepared(sql);
    for (int i = 0; i < columns.length; i++) {
      insert.setObject(i + 1, columns[i]);
    }
    insert.setLong(columns.length + 1, RowCrc.of(columns));
    insert.executeUpdate();
  }

  private void check(long crc, @Nullable Object... columns) {
    if (crc != RowCrc.of(columns)) {
      throw file.damaged("a checksum is wrong");
    }
  }

  private Fragment fragment(ResultSet row) throws SQLException {
    byte[] messages = row.getBytes(9);
    byte[] payload = row.getBytes(10);
    check(
        row.getLong(11),
        row.getLong(1),
        row.getInt(2),
        row.getString(3),
        row.getString(4),
        row.getInt(5),
        row.getString(6),
        row.getLong(7),
        row.getLong(8),
        messages,
        payload);
    return new Fragment(
        row.getString(3),
        new TopicPartition(row.getString(4), row.getInt(5)),
        Uuid.fromString(row.getString(6)),
        row.getLong(7),
        row.getLong(8),
        messages,
        ByteBuffer.wrap(payload));
  }

  private static byte[] bytes(ByteBuffer payload) {
    byte[] array = payload.array();
    return array.length == payload.remaining()
        ? array
        : Arrays.copyOfRange(
            array,
            payload.arrayOffset() + payload.position(),
            payload.arrayOffset() + payload.limit());
  }

  private static String json(Detail detail) {
    try {
      return JSON.writeValueAsString(detail);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The head of a batch cannot be written", e);
    }
  }

  private Detail detail(String json) {
    try {
      return JSON.readValue(json, Detail.class);
    } catch (JsonProcessingException e) {
      throw file.damaged("the head of a batch cannot be read: " + e.getOriginalMessage());
    }
  }
}
