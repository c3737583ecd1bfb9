package io.tributary.store;

import static io.tributary.support.Repositories.add;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.support.Events;
import io.tributary.support.LogLines;
import io.tributary.support.MutableClock;
import io.tributary.support.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is damaged is put aside when nothing is lost by that, and else not opened. */
class DamagedStoreTest {
  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  private final Events events = Events.customers();

  @TempDir Path folder;

  /** What can happen to the file of a store. */
  enum Damage {
    EMPTIED(db -> write(db, new byte[0])),
    TRUNCATED(db -> write(db, Arrays.copyOf(bytes(db), bytes(db).length / 2))),
    CUT_TO_A_FEW_BYTES(db -> write(db, Arrays.copyOf(bytes(db), 50))),
    OVERWRITTEN(
        db -> write(db, "not a database, whatever its name says".repeat(1_000).getBytes(UTF_8))),
    HEADER_CHANGED(db -> write(db, changed(bytes(db), 3))),
    RECORD_CHANGED(db -> write(db, changed(bytes(db), indexOf(bytes(db), "the-record"))));

    private final Consumer<Path> change;

    Damage(Consumer<Path> change) {
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedFile_isPutAsideAndANewOneTakesItsPlace(Damage damage) throws Exception {
    // Given
    String identity = writeStore();
    damage.change.accept(db());
    byte[] damaged = Files.readAllBytes(db());

    // When
    SeenIds ids = new SeenIds(100, Stores.TIME_TO_LIVE);
    SeenContents contents = new SeenContents(ContentDedupe.LATEST, 100, Stores.TIME_TO_LIVE);
    try (LogLines log = LogLines.of(DamagedStore.class.getName());
        Store store = Stores.in(folder).clock(clock).memories(ids, contents, 100).open()) {

      // Then
      assertIsNew(store, identity);
      assertTrue(add(ids, events.event("a", "1")), "nothing is remembered of the damaged one");
      assertArrayEquals(
          damaged, Files.readAllBytes(folder.resolve("tributary.db.damaged-20240208103000")));
      assertEquals(1, log.all().size(), log.all().toString());
      assertTrue(log.all().get(0).contains("is damaged: "), log.all().get(0));
      assertTrue(log.all().get(0).contains("Nothing is lost"), log.all().get(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedFile_isNotReplacedWhenItsRecordsAreCommitted(Damage damage) throws Exception {
    // Given
    writeStore();
    damage.change.accept(db());
    byte[] damaged = Files.readAllBytes(db());

    for (int time = 0; time < 2; time++) {
      // When
      StoreException refusal =
          assertThrows(StoreException.class, () -> Stores.in(folder).commitsStored().open());

      // Then
      assertTrue(refusal.isDamage(), refusal.getMessage());
      assertArrayEquals(damaged, Files.readAllBytes(db()));
      assertEquals(Set.of("tributary.db", "tributary.lock"), withoutCompanions());
    }
  }

  @ParameterizedTest
  @MethodSource("changesOfColumns")
  void changeOfAnyColumn_isFound(String change) throws Exception {
    // Given
    String identity = writeStore();
    sql(change);

    // When
    try (Store store = Stores.open(folder)) {

      // Then
      assertIsNew(store, identity);
    }
  }

  /** A number, a text and bytes of each table, each changed by as little as can be. */
  static List<String> changesOfColumns(@TempDir Path any) throws Exception {
    Stores.open(any).close();
    List<String> changes = new ArrayList<>();
    try (Connection connection = connect(any.resolve("tributary.db"));
        Statement statement = connection.createStatement()) {
      ResultSet columns =
          statement.executeQuery(
              // A row of keys of a kind that nobody asks for is not read.
              "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c"
                  + " WHERE t.type = 'table' AND t.name || '.' || c.name <> 'key_journal.kind'");
      while (columns.next()) {
        String column = columns.getString(2);
        String changed =
            switch (columns.getString(3)) {
              case "INTEGER" -> column + " + 64"; // one bit, and no other row's key
              case "TEXT" -> column + " || ' '";
              default -> "CAST(" + column + " || x'00' AS BLOB)";
            };
        changes.add("UPDATE %s SET %s = %s".formatted(columns.getString(1), column, changed));
      }
    }
    assertEquals(36, changes.size());
    return changes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM fragment WHERE batch = 1",
        "DELETE FROM batch WHERE number = 1",
        "DELETE FROM batch WHERE number = 2",
        "DROP TABLE position"
      })
  void rowsThatAreGone_areFound(String change) throws Exception {
    // Given
    String identity = writeStore();
    sql(change);

    // When, and then
    if (change.startsWith("DROP")) {
      // Nothing that a disk does: it is no damage, and nothing is put aside.
      assertThrows(StoreException.class, () -> Stores.open(folder));
    } else {
      try (Store store = Stores.open(folder)) {
        assertIsNew(store, identity);
      }
    }
  }

  @Test
  void damageThatShowsLater_isToldAndTheNextStartPutsItAside() throws Exception {
    // Given
    List<StoreException> told = new ArrayList<>();
    String identity;
    try (Store store = Stores.in(folder).onDamage(told::add).open()) {
      fill(store);
      identity = store.identity();
      sql("UPDATE fragment SET payload = CAST('2' AS BLOB) WHERE batch = 1");

      // When
      StoreException damage =
          assertThrows(StoreException.class, () -> store.document(store.pending().get(0)));

      // Then
      assertTrue(damage.isDamage());
      assertEquals(List.of(damage), told);
      new DamagedStore(folder, clock).mark(damage);
    }
    sql("DELETE FROM batch"); // or it would be found anyway
    sql("DELETE FROM fragment");
    try (LogLines log = LogLines.of(DamagedStore.class.getName());
        Store store = Stores.in(folder).clock(clock).open()) {
      assertIsNew(store, identity);
      assertTrue(log.all().get(0).contains("a checksum is wrong"), log.all().toString());
      identity = store.identity();
    }
    try (Store store = Stores.open(folder)) {
      assertEquals(identity, store.identity(), "it is put aside once");
    }
  }

  @Test
  void mark_stopsTheStartWhenRecordsAreCommitted() throws Exception {
    // Given
    writeStore();
    new DamagedStore(folder, clock).mark(StoreException.damaged("one page is broken", null));

    // When
    StoreException refusal =
        assertThrows(StoreException.class, () -> Stores.in(folder).commitsStored().open());

    // Then
    assertTrue(refusal.isDamage());
    assertEquals("one page is broken", refusal.getMessage());
  }

  /** It cannot be told from an older store. */
  @Test
  void missingLogOfChanges_isAnOlderStore(@TempDir Path copy) throws Exception {
    // Given what a killed process leaves behind, but for its log
    String identity = writeStore();
    try (Store store = Stores.open(folder)) {
      store.append(Stores.poll(events.event("later", "1")));
      Files.copy(db(), copy.resolve("tributary.db"));
    }

    // When
    try (Store store = Stores.open(copy)) {

      // Then
      assertEquals(identity, store.identity());
      assertEquals(1, store.pendingCount());
      assertEquals(1, store.open().messages());
    }
  }

  @Test
  void brokenLogOfChanges_isAnOlderStore(@TempDir Path copy) throws Exception {
    // Given
    String identity = writeStore();
    try (Store store = Stores.open(folder)) {
      store.append(Stores.poll(events.event("later", "1")));
      Files.copy(db(), copy.resolve("tributary.db"));
      write(
          copy.resolve("tributary.db-wal"),
          changed(bytes(folder.resolve("tributary.db-wal")), 100));
    }

    // When
    try (Store store = Stores.open(copy)) {

      // Then
      assertEquals(identity, store.identity());
      assertEquals(1, store.open().messages());
    }
  }

  /** To another database it would be poison. */
  @Test
  void logOfADatabaseThatIsGone_isNotTakenForTheNewOnes(@TempDir Path copy) throws Exception {
    // Given
    String identity;
    try (Store store = Stores.open(folder)) {
      fill(store);
      identity = store.identity();
      for (String name : List.of("tributary.db-wal", "tributary.db-shm")) {
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
    }

    // When
    try (Store store = Stores.open(copy)) {

      // Then
      assertIsNew(store, identity);
    }
  }

  @Test
  void halfOfANewStore_isMadeAgain() throws Exception {
    // Given
    Files.writeString(folder.resolve("tributary.db.new"), "SQLite format 3");

    // When
    try (Store store = Stores.open(folder)) {

      // Then
      fill(store);
    }
    assertEquals(Set.of("tributary.db", "tributary.lock"), withoutCompanions());
  }

  @Test
  void storeOfAnotherFormat_isNeitherOpenedNorPutAside() throws Exception {
    // Given
    String identity = writeStore();
    sql("UPDATE store SET format = 2, crc = " + RowCrc.of(identity, 2));

    // When
    StoreException refusal = assertThrows(StoreException.class, () -> Stores.open(folder));

    // Then
    assertTrue(refusal.getMessage().contains("another version"), refusal.getMessage());
    assertFalse(refusal.isDamage());
    assertEquals(Set.of("tributary.db", "tributary.lock"), withoutCompanions());
  }

  /** A store with a pending batch, an open one, and a row in each table; its identity. */
  private String writeStore() {
    try (Store store = Stores.open(folder)) {
      fill(store);
      return store.identity();
    }
  }

  private void fill(Store store) {
    store.append(Stores.poll(events.event("a", "{\"id\":1,\"name\":\"the-record\"}")));
    Stores.complete(store, "EVT-1");
    store.append(Stores.poll(events.event("b", "{\"nameless\":true}")));
  }

  private static void assertIsNew(Store store, String identity) {
    assertNotEquals(identity, store.identity());
    assertEquals(List.of(), store.pending());
    assertNull(store.open());
    assertNull(store.position(new TopicPartition("customer_data", 0)));
    assertTrue(store.isUsable());
  }

  private Path db() {
    return folder.resolve("tributary.db");
  }

  private Set<String> withoutCompanions() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith("-wal") && !name.endsWith("-shm"))
          .collect(toSet());
    }
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection = connect(db());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(Path db) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + db);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] changed(byte[] bytes, int place) {
    bytes[place] ^= 1;
    return bytes;
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, ISO_8859_1).indexOf(text);
  }
}
