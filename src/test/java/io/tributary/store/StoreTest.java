package io.tributary.store;

import static io.tributary.support.Repositories.add;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.batch.Batch;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.support.Events;
import io.tributary.support.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The store on a real LevelDB; damage is in {@link StateFolderTest}. */
class StoreTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Section PRODUCTS = new Section("products", "productCount");
  private static final List<Section> SECTIONS = List.of(CUSTOMERS, PRODUCTS);
  private static final Duration HOUR = Duration.ofHours(1);

  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  private final Events events = Events.customers();
  private final AtomicInteger lastId = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void newFolder_isEmpty() {
    // When
    try (Store store = open(folder.resolve("made/on/demand"))) {

      // Then
      assertNull(store.open());
      assertEquals(List.of(), store.pending());
      assertEquals(0, store.pendingCount());
      assertNull(store.open());
      assertTrue(store.isUsable());
    }
  }

  @Test
  void identity_staysTheSameAndIsTheFoldersOwn(@TempDir Path other) {
    // Given
    String identity;
    try (Store store = open()) {
      identity = store.identity();
    }

    // When
    try (Store again = open();
        Store another = open(other)) {

      // Then
      assertEquals(16, identity.length());
      assertEquals(identity, again.identity());
      assertNotEquals(identity, another.identity());
    }
  }

  @Test
  void append_opensABatch() {
    // Given
    try (Store store = open()) {
      Event event = events.event("m", "1,2");

      // When
      Batch batch = store.append(fragment(CUSTOMERS, event));

      // Then
      assertEquals(batch, store.open());
      assertEquals(1, batch.number());
      assertEquals(clock.millis(), batch.openedAt());
      assertEquals(1, batch.messages());
      assertEquals(2, batch.records());
      assertEquals(1, store.open().messages());
      assertNull(batch.completion());
      assertTrue(event.isStored());
      assertEquals(0, store.pendingCount());
    }
  }

  @Test
  void append_addsToTheOpenBatchAndLeavesItsTime() {
    // Given
    try (Store store = open()) {
      store.append(fragment(CUSTOMERS, events.event("a", "1")));
      long openedAt = clock.millis();
      clock.advance(Duration.ofSeconds(5));

      // When
      Batch batch = store.append(fragment(PRODUCTS, events.event("b", "2"), events.event("c", "")));

      // Then
      assertEquals(1, batch.number());
      assertEquals(openedAt, batch.openedAt());
      assertEquals(3, batch.messages());
      assertEquals(2, batch.fragments());
      assertEquals(
          List.of(new Batch.SectionCount(CUSTOMERS, 1), new Batch.SectionCount(PRODUCTS, 1)),
          batch.counts());
    }
  }

  @Test
  void batchOpenedByDuplicatesAlone_beginsWithItsFirstMessage() {
    // Given
    try (Store store = open()) {
      Fragment duplicates = new Fragment(CUSTOMERS);
      duplicates.remember(events.event("seen", "1"));
      store.append(duplicates);
      clock.advance(Duration.ofSeconds(50));

      // When
      Batch batch = store.append(fragment(CUSTOMERS, events.event("m", "1")));

      // Then
      assertEquals(clock.millis(), batch.openedAt());
      assertEquals(1, batch.messages());
    }
  }

  @Test
  void complete_fixesTheDocument() throws Exception {
    // Given
    String customer = "{ \"id\":\"C1\", \"balance\":1.10 }";
    try (Store store = open()) {
      store.append(fragment(CUSTOMERS, events.event("a", customer), events.event("b", "")));
      store.append(fragment(PRODUCTS, events.event("c", "{\"id\":\"P1\"},{\"id\":\"P2\"}")));
      store.append(fragment(CUSTOMERS, events.event("d", "{\"id\":\"C2\"}")));

      // When
      Batch batch = store.complete(completion(), SECTIONS);

      // Then
      String document = new String(store.document(batch).getBytes(), UTF_8);
      JsonNode json = new ObjectMapper().readTree(document);
      assertEquals(List.of(batch), store.pending());
      assertNull(store.open());
      assertTrue(document.contains(customer + ",{\"id\":\"C2\"}]"), document);
      assertEquals(3, json.at("/products").size() + json.at("/metadata/productCount").asInt() - 1);
      assertEquals(2, json.at("/metadata/customerCount").asInt());
      assertEquals(batch.eventId(), json.get("eventId").asText());
    }
  }

  @Test
  void complete_withNothingOpen_isRefused() {
    // Given
    try (Store store = open()) {

      // When
      assertThrows(IllegalStateException.class, () -> store.complete(completion(), SECTIONS));

      // Then
      assertEquals(0, store.pendingCount());
    }
  }

  @Test
  void documentOfAnOpenBatch_isRefused() {
    // Given
    try (Store store = open()) {
      Batch batch = store.append(fragment(CUSTOMERS, events.event("a", "1")));

      // When
      IllegalStateException refusal =
          assertThrows(IllegalStateException.class, () -> store.document(batch));

      // Then
      assertTrue(refusal.getMessage().contains("open"), refusal.getMessage());
    }
  }

  @Test
  void reopenedStore_hasTheSameBatchesAndBytes() {
    // Given
    List<Batch> pending = new ArrayList<>();
    List<byte[]> documents = new ArrayList<>();
    Batch open;
    try (Store store = open()) {
      for (int i = 0; i < 3; i++) {
        pending.add(completed(store, "\"ä€😀 " + i + "\""));
        documents.add(store.document(pending.get(i)).getBytes());
      }
      open = store.append(fragment(PRODUCTS, events.event("last", "7")));
    }

    for (int time = 0; time < 3; time++) {
      // When
      try (Store store = open()) {

        // Then
        assertEquals(pending, store.pending());
        assertEquals(open, store.open());
        for (int i = 0; i < 3; i++) {
          assertArrayEquals(documents.get(i), store.document(store.pending().get(i)).getBytes());
        }
      }
    }
  }

  @Test
  void reopenedStore_goesOnWithTheOpenBatch() {
    // Given
    try (Store store = open()) {
      completed(store, "1");
      store.append(fragment(CUSTOMERS, events.event("a", "2")));
    }

    // When
    try (Store store = open()) {
      store.append(fragment(CUSTOMERS, events.event("b", "3")));
      Batch batch = store.complete(completion(), SECTIONS);

      // Then
      String document = new String(store.document(batch).getBytes(), UTF_8);
      assertEquals(2, batch.number());
      assertTrue(document.contains("\"customers\":[2,3]"), document);
    }
  }

  /** What is on disk while it runs is what a process that was killed leaves behind. */
  @Test
  void killedProcess_leavesAllThatWasStored() throws Exception {
    // Given
    try (Store store = open()) {
      Batch batch = completed(store, "1");
      Batch open = store.append(fragment(CUSTOMERS, events.event("a", "2")));

      // When
      Path copy = copyOf(folder);

      // Then
      SeenIds ids = new SeenIds(100, HOUR);
      try (Store again = open(copy, ids, seenContents(), 100)) {
        assertEquals(List.of(batch), again.pending());
        assertArrayEquals(store.document(batch).getBytes(), again.document(batch).getBytes());
        assertEquals(open, again.open());
        assertFalse(add(ids, events.event("a", "2")));
      }
    }
  }

  @Test
  void pendingBatches_areInTheOrderOfTheirCompletion() {
    // Given
    List<Batch> completed = new ArrayList<>();
    try (Store store = open()) {
      for (int i = 0; i < 12; i++) {
        completed.add(completed(store, "" + i));
      }
    }

    // When
    try (Store store = open()) {

      // Then
      assertEquals(completed, store.pending());
      assertTrue(store.isTurnOf(completed.get(0)));
      assertFalse(store.isTurnOf(completed.get(1)));
      assertFalse(store.isTurnOf(completed.get(11)));
    }
  }

  @Test
  void forgottenBatch_isGoneAlsoAfterReopening() {
    // Given
    Batch second;
    try (Store store = open()) {
      Batch first = completed(store, "1");
      second = completed(store, "2");

      // When
      store.settle(first);
      store.forget(first.number());

      // Then
      assertEquals(List.of(second), store.pending());
      assertTrue(store.isTurnOf(second));
      assertThrows(StoreException.class, () -> store.document(first));
    }
    try (Store store = open()) {
      assertEquals(List.of(second), store.pending());
    }
    assertEquals(1, count('b'));
    assertEquals(1, count('f'));
  }

  @Test
  void forget_again_doesNothing() {
    // Given
    try (Store store = open()) {
      Batch first = completed(store, "1");
      Batch second = completed(store, "2");
      store.settle(first);
      store.forget(first.number());

      // When
      store.settle(first);
      store.forget(first.number());
      store.forget(99);

      // Then
      assertEquals(List.of(second), store.pending());
    }
  }

  @Test
  void forget_leavesTheOpenBatch() {
    // Given
    try (Store store = open()) {
      Batch batch = store.append(fragment(CUSTOMERS, events.event("a", "1")));

      // When
      store.settle(batch);
      store.forget(batch.number());

      // Then
      assertEquals(batch, store.open());
      assertNotNull(store.complete(completion(), SECTIONS));
    }
  }

  @Test
  void forget_bySomebodyElse_neverLooksAsIfAnOlderBatchWereUnsettled() throws Exception {
    // Given
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Store store = open()) {
      for (int round = 0; round < 200; round++) {
        Batch first = completed(store, "1");
        Batch second = completed(store, "2");
        store.settle(first);

        // When
        Future<?> forgotten = other.submit(() -> store.forget(first.number()));

        // Then
        do {
          assertTrue(store.isTurnOf(second));
          assertEquals(0, store.unaccountedMessages());
        } while (!forgotten.isDone());
        forgotten.get();
        store.settle(second);
        store.forget(second.number());
      }
    } finally {
      other.shutdown();
    }
  }

  @Test
  void numbers_goOnAfterAllIsForgotten() {
    // Given
    try (Store store = open()) {
      Batch done = completed(store, "1");
      store.settle(done);
      store.forget(done.number());

      // When
      Batch next = completed(store, "2");

      // Then
      assertEquals(2, next.number());
      assertEquals(List.of(next), store.pending());
    }
  }

  @Test
  void severalThreads_loseNothing() throws Exception {
    // Given
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Store store = open()) {
      List<Future<?>> all = new ArrayList<>();

      // When
      for (int thread = 0; thread < 4; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    store.append(fragment(CUSTOMERS, event("1")));
                  }
                }));
      }
      for (Future<?> done : all) {
        done.get();
      }

      // Then
      Batch batch = store.complete(completion(), SECTIONS);
      assertEquals(100, batch.messages());
      assertEquals(100, batch.fragments());
      String ones =
          new String(store.document(batch).getBytes(), UTF_8).replaceAll(".*:\\[([1,]+)].*", "$1");
      assertEquals(199, ones.length());
    }
    threads.shutdown();
  }

  @Test
  void closedStore_refusesToStore() {
    // Given
    Store store = open();
    Batch before = store.append(fragment(CUSTOMERS, events.event("a", "1")));
    store.close();
    Event event = events.event("b", "2");

    // When
    assertThrows(StoreException.class, () -> store.append(fragment(CUSTOMERS, event)));

    // Then
    assertFalse(event.isStored());
    assertEquals(before, store.open());
    assertFalse(store.isUsable());
    assertThrows(StoreException.class, () -> store.complete(completion(), SECTIONS));
    assertEquals(0, store.pendingCount());
  }

  @Test
  void closedStore_refusesToForget() {
    // Given
    Store store = open();
    Batch batch = completed(store, "1");
    store.settle(batch);
    store.close();

    // When
    assertThrows(StoreException.class, () -> store.forget(batch.number()));

    // Then
    assertEquals(List.of(batch), store.pending());
  }

  @Test
  void reopenedStore_knowsTheIds() {
    // Given
    try (Store store = open()) {
      Fragment fragment = fragment(CUSTOMERS, events.event("merged", "1"));
      fragment.remember(events.event("remembered", "1"));
      store.append(fragment);
      store.forget(store.complete(completion(), SECTIONS).number());
    }
    SeenIds ids = new SeenIds(100, HOUR);

    // When
    open(folder, ids, seenContents(), 100).close();

    // Then
    assertFalse(add(ids, events.event("merged", "2")));
    assertFalse(add(ids, events.event("remembered", "2")));
    assertTrue(add(ids, events.event("other", "2")));
  }

  @Test
  void reopenedStore_knowsTheLastContents() {
    // Given
    try (Store store = open()) {
      store.append(fragment(CUSTOMERS, event("{\"id\":1,\"v\":\"old\"},{\"id\":2}")));
      store.append(fragment(CUSTOMERS, event("{\"id\":1,\"v\":\"new\"},{\"nameless\":true}")));
    }
    SeenContents contents = seenContents();

    // When
    open(folder, new SeenIds(100, HOUR), contents, 100).close();

    // Then
    assertFalse(add(contents, event("{\"v\":\"new\",\"id\":1}")));
    assertFalse(add(contents, event("{\"id\":2}")));
    assertFalse(add(contents, event("{\"id\":1,\"v\":\"new\"},{\"nameless\":true}")));
    assertTrue(add(contents, event("{\"id\":1,\"v\":\"old\"}")));
    assertTrue(add(contents, event("{\"nameless\":true}")));
  }

  @ParameterizedTest
  @EnumSource
  void reopenedStore_knowsTheContentsThatAreCompared(ContentDedupe mode) {
    // Given
    Events ofMode = new Events(mode, "products");
    String records = "{\"id\":1,\"v\":1}";
    try (Store store = open(folder, new SeenIds(9, HOUR), new SeenContents(mode, 9, HOUR), 9)) {
      store.append(fragment(PRODUCTS, ofMode.event("a", records)));
    }
    SeenContents contents = new SeenContents(mode, 9, HOUR);

    // When
    open(folder, new SeenIds(9, HOUR), contents, 9).close();

    // Then
    assertEquals(mode == ContentDedupe.OFF, add(contents, ofMode.event("b", records)));
  }

  @Test
  void reopenedStore_hasForgottenWhatIsTooOld() {
    // Given
    try (Store store = open()) {
      store.append(fragment(CUSTOMERS, events.event("old", "{\"id\":1}")));
      clock.advance(Duration.ofMinutes(59));
      store.append(fragment(CUSTOMERS, events.event("young", "{\"id\":2}")));
    }
    clock.advance(Duration.ofMinutes(2));
    SeenIds ids = new SeenIds(100, HOUR);
    SeenContents contents = seenContents();

    // When
    open(folder, ids, contents, 100).close();

    // Then
    assertTrue(add(ids, events.event("old", "1")));
    assertFalse(add(ids, events.event("young", "1")));
    assertTrue(add(contents, event("{\"id\":1}")));
    assertFalse(add(contents, event("{\"id\":2}")));
  }

  @Test
  void reopenedStore_knowsTheLastKeysAsLongAsThereAreNoMore() {
    // Given
    int size = 10;
    try (Store store = open(folder, new SeenIds(size, HOUR), seenContents(), size)) {
      for (int i = 0; i < 50; i++) {
        store.append(fragment(CUSTOMERS, events.event("m" + i, "{\"id\":" + i + "}")));
      }
    }
    SeenIds ids = new SeenIds(size, HOUR);
    SeenContents contents = new SeenContents(ContentDedupe.LATEST, size, HOUR);

    // When
    open(folder, ids, contents, size).close();

    // Then
    for (int i = 40; i < 50; i++) {
      assertFalse(add(ids, events.event("m" + i, "1")), "m" + i);
      assertFalse(add(contents, event("{\"id\":" + i + "}")), "entry " + i);
    }
    assertTrue(add(ids, events.event("m0", "1")));
  }

  @Test
  void journal_isBoundedByTheNumberOfKeys() {
    // Given
    int size = 10;

    // When
    try (Store store = open(folder, new SeenIds(size, HOUR), seenContents(), size)) {
      for (int i = 0; i < 100; i++) {
        store.append(fragment(CUSTOMERS, event("{\"id\":" + i + "}")));
      }
    }

    // Then
    assertTrue(journalRecords() <= size + 1, "records of the journal: " + journalRecords());
  }

  @Test
  void journal_isBoundedByTheTimeToLive() {
    // Given
    int size = 1_000;

    // When
    try (Store store = open(folder, new SeenIds(size, HOUR), seenContents(), size)) {
      for (int i = 0; i < 120; i++) {
        store.append(fragment(CUSTOMERS, event("{\"id\":" + i + "}")));
        clock.advance(Duration.ofMinutes(6));
      }
    }

    // Then
    assertTrue(journalRecords() <= 11, "records of the journal: " + journalRecords());
  }

  /** One kind of key comes once, and another all the time. */
  @Test
  void journal_isBoundedWhenAKindOfKeyIsRare() {
    // Given
    int size = 10;

    // When
    try (Store store = open(folder, new SeenIds(size, HOUR), seenContents(), size)) {
      store.append(fragment(CUSTOMERS, event("{\"nameless\":true}")));
      for (int i = 0; i < 100; i++) {
        store.append(fragment(CUSTOMERS, event("{\"id\":" + i + "}")));
      }
    }

    // Then
    assertTrue(journalRecords() <= 5 * size, "records of the journal: " + journalRecords());
  }

  @Test
  void journal_isBoundedWhenNothingNewComes() {
    // Given
    int size = 10;

    // When
    try (Store store = open(folder, new SeenIds(size, HOUR), seenContents(), size)) {
      store.append(fragment(CUSTOMERS, event("{\"id\":1}")));
      for (int i = 0; i < 100; i++) {
        store.append(duplicate());
      }
    }

    // Then
    assertTrue(journalRecords() <= 5 * size, "records of the journal: " + journalRecords());
  }

  @Test
  void openBatch_isBoundedWhenNothingNewComes() {
    // When
    try (Store store = open()) {
      for (int i = 0; i < 100; i++) {
        store.append(duplicate());
      }
    }

    // Then
    assertTrue(count('f') <= 10, "fragments without a record: " + count('f'));
  }

  private Fragment duplicate() {
    Fragment duplicate = new Fragment(CUSTOMERS);
    duplicate.remember(event("{\"id\":1}"));
    return duplicate;
  }

  private Store open() {
    return open(folder);
  }

  private Store open(Path path) {
    return open(path, new SeenIds(100, HOUR), seenContents(), 100);
  }

  private Store open(Path path, SeenIds ids, SeenContents contents, int size) {
    return Store.open(path, ids, contents, size, HOUR, clock);
  }

  private static SeenContents seenContents() {
    return new SeenContents(ContentDedupe.LATEST, 100, HOUR);
  }

  private Batch completed(Store store, String records) {
    store.append(fragment(CUSTOMERS, event(records)));
    return store.complete(completion(), SECTIONS);
  }

  private Batch.Completion completion() {
    int number = lastId.incrementAndGet();
    return new Batch.Completion("EVT-" + number, clock.instant().toString(), "tributary", "1.0.0");
  }

  private Event event(String records) {
    return events.event("id-" + lastId.incrementAndGet(), records);
  }

  private static Fragment fragment(Section section, Event... events) {
    Fragment fragment = new Fragment(section);
    Arrays.stream(events).forEach(fragment::merge);
    return fragment;
  }

  /** The records of the longest of the journals. */
  private long journalRecords() {
    return Math.max(
        count(StateKey.IDS), Math.max(count(StateKey.PAYLOADS), count(StateKey.ENTRIES)));
  }

  /** How many entries of a kind the folder holds. */
  private int count(char letter) {
    AtomicInteger entries = new AtomicInteger();
    try (StateFolder closed = new StateFolder(folder)) {
      closed.forEach(letter, (key, value) -> entries.incrementAndGet());
    }
    return entries.get();
  }

  private static Path copyOf(Path folder) throws IOException {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
