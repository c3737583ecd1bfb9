package io.tributary.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.batch.Batch;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.support.Events;
import io.tributary.support.MutableClock;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store that is open, and what its tests put into it and look up. */
abstract class StoreCase {
  static final TopicPartition PARTITION = new TopicPartition("customer_data", 0);

  final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  final Events events = Events.customers();
  private final AtomicInteger lastId = new AtomicInteger();
  Store store;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    store = Stores.in(folder).clock(clock).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  void reopen() {
    close();
    open();
  }

  /** With memories to fill; they and the store keep so many keys. */
  void reopen(SeenIds ids, SeenContents contents, int size) {
    close();
    store = Stores.in(folder).clock(clock).memories(ids, contents, size).open();
  }

  void reopen(int size) {
    reopen(seenIds(size), seenContents(size), size);
  }

  static SeenIds seenIds(int size) {
    return new SeenIds(size, Stores.TIME_TO_LIVE);
  }

  static SeenContents seenContents(int size) {
    return new SeenContents(ContentDedupe.LATEST, size, Stores.TIME_TO_LIVE);
  }

  /** One with an ID of its own. */
  Event event(String records) {
    return events.event(newId(), records);
  }

  String newId() {
    return "id-" + lastId.incrementAndGet();
  }

  Batch append(String records) {
    return store.append(Stores.poll(event(records)));
  }

  /** A batch of one message that is pending. */
  Batch completed(String records) {
    append(records);
    return Stores.complete(store, "EVT-" + newId());
  }

  static String document(Store store, Batch batch) {
    return new String(store.document(batch).getBytes(), UTF_8);
  }

  String document(Batch batch) {
    return document(store, batch);
  }

  /** To the store's file, as anybody's {@code sqlite3} has it. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tributary.db"));
  }

  long rows(String table) throws SQLException {
    return number("SELECT count(*) FROM " + table);
  }

  long number(String select) throws SQLException {
    try (Connection other = connect();
        Statement statement = other.createStatement();
        ResultSet row = statement.executeQuery(select)) {
      return row.getLong(1);
    }
  }
}
