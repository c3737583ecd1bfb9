package io.tributary.store;

import static io.tributary.support.Repositories.add;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.event.SourceRecord;
import io.tributary.poll.Poll;
import io.tributary.poll.Position;
import io.tributary.support.Events;
import io.tributary.support.Messages;
import io.tributary.support.MutableClock;
import io.tributary.support.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store promises, on a real SQLite file. Damage is in {@link DamagedStoreTest}. */
class StoreTest {
  private static final TopicPartition PARTITION = new TopicPartition("customer_data", 0);

  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  private final Events events = Events.customers();
  private final AtomicInteger lastId = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void newFolder_isEmpty() {
    // When
    try (Store store = Stores.open(folder.resolve("made/on/demand"))) {

      // Then
      assertNull(store.open());
      assertEquals(List.of(), store.pending());
      assertEquals(0, store.pendingCount());
      assertTrue(store.isUsable());
      assertTrue(store.hasRoom());
      assertNull(store.trouble());
      assertNull(store.position(PARTITION));
      assertEquals(OptionalLong.empty(), store.settledUpTo(PARTITION));
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
        Store another = Stores.open(other)) {

      // Then
      assertEquals(16, identity.length());
      assertEquals(identity, again.identity());
      assertNotEquals(identity, another.identity());
    }
  }

  @Test
  void folder_isForOneStoreAtATime() {
    // Given
    try (Store store = open()) {

      // When
      StoreException refusal = assertThrows(StoreException.class, this::open);

      // Then
      assertTrue(refusal.getMessage().contains("in use by this process"), refusal.getMessage());
      assertFalse(refusal.isDamage());
      assertTrue(store.isUsable());
    }
  }

  @Nested
  class Appending {
    @Test
    void append_opensABatch() {
      try (Store store = open()) {
        // Given
        Event event = events.event("m", "1,2");

        // When
        Batch batch = store.append(Stores.poll(event));

        // Then
        assertEquals(batch, store.open());
        assertEquals(1, batch.number());
        assertEquals(clock.millis(), batch.openedAt());
        assertEquals(1, batch.messages());
        assertEquals(2, batch.records());
        assertNull(batch.completion());
        assertTrue(event.isStored());
        assertEquals(0, store.pendingCount());
      }
    }

    @Test
    void append_addsToTheOpenBatchAndLeavesItsTime() {
      try (Store store = open()) {
        // Given
        append(store, "1");
        long openedAt = clock.millis();
        clock.advance(Duration.ofSeconds(5));

        // When
        Batch batch =
            store.append(
                Stores.poll(Stores.PRODUCTS, events.event("b", "2"), events.event("c", "")));

        // Then
        assertEquals(1, batch.number());
        assertEquals(openedAt, batch.openedAt());
        assertEquals(3, batch.messages());
        assertEquals("customers=1, products=1", batch.countsText());
      }
    }

    @Test
    void pollWithoutAnythingNew_opensNoBatchAndIsReadAllTheSame() {
      // Given
      Event duplicate = events.at(0, 41, "m", "1");
      duplicate.skip(Outcome.DUPLICATE_CONTENT);
      try (Store store = open()) {

        // When
        Batch batch = store.append(Stores.poll(duplicate));

        // Then
        assertNull(batch);
        assertTrue(duplicate.isStored());
        assertEquals(Stores.position(42), store.position(PARTITION));
        assertEquals(OptionalLong.of(42), store.settledUpTo(PARTITION));
      }
      try (Store store = open()) {
        assertNull(store.open());
        assertEquals(Stores.position(42), store.position(PARTITION));
      }
    }

    @Test
    void severalThreads_loseNothing() throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try (Store store = open()) {
        // Given
        List<Future<?>> all = new ArrayList<>();

        // When each reads a partition of its own
        for (int thread = 0; thread < 4; thread++) {
          int partition = thread;
          all.add(
              threads.submit(
                  () -> {
                    for (int i = 0; i < 25; i++) {
                      store.append(Stores.poll(events.at(partition, i, "m", "1")));
                    }
                  }));
        }
        for (Future<?> done : all) {
          done.get();
        }

        // Then
        Batch batch = Stores.complete(store, "EVT-1");
        assertEquals(100, batch.messages());
        assertTrue(document(store, batch).contains("[" + "1,".repeat(99) + "1]"));
      } finally {
        threads.shutdown();
      }
    }
  }

  /** How far a partition has been read, and what of it is settled. */
  @Nested
  class Positions {
    @Test
    void eventsBelowThePosition_arePassedOverAsDuplicates() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(5)));
        Event again = at(5);
        Event next = at(6);
        Event elsewhere = events.at(1, 0, "other partition", "1");
        Poll poll = Stores.poll(again, next, elsewhere);

        // When
        Batch batch = store.append(poll);

        // Then
        assertEquals(Outcome.DUPLICATE_ID, again.outcome());
        assertFalse(again.isStored());
        assertTrue(next.isStored());
        assertEquals(Map.of(Outcome.DUPLICATE_ID, 1, Outcome.MERGED, 2), poll.outcomes());
        assertEquals(4, batch.messages());
        assertEquals(0, store.unaccountedMessages());
      }
    }

    @Test
    void pollOfWhatWasReadBefore_movesNoPositionBack() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(5)));

        // When
        store.append(Stores.poll(at(4)));
        store.advance(Map.of(PARTITION, Stores.position(3)));

        // Then
        assertEquals(Stores.position(6), store.position(PARTITION));
      }
    }

    @Test
    void settledUpTo_isTheLowestOffsetThatIsNotSettled() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(5)));
        Batch first = Stores.complete(store, "EVT-1");
        store.append(Stores.poll(at(8)));
        Batch second = Stores.complete(store, "EVT-2");
        store.append(Stores.poll(at(9)));

        // When, and then
        assertEquals(OptionalLong.of(4), store.settledUpTo(PARTITION));
        store.settle(second);
        assertEquals(OptionalLong.of(4), store.settledUpTo(PARTITION));
        store.settle(first);
        assertEquals(OptionalLong.of(9), store.settledUpTo(PARTITION));
        store.settle(Stores.complete(store, "EVT-3"));
        assertEquals(OptionalLong.of(10), store.settledUpTo(PARTITION));
        store.advance(Map.of(PARTITION, Stores.position(12)));
        assertEquals(OptionalLong.of(12), store.settledUpTo(PARTITION));
      }
    }

    @Test
    void settledUpTo_isTheSameAfterARestart() {
      // Given
      try (Store store = open()) {
        store.append(Stores.poll(at(4), at(5)));
        Batch first = Stores.complete(store, "EVT-1");
        store.append(Stores.poll(at(8), events.at(1, 7, "other partition", "1")));
        store.settle(first);
      }

      // When
      try (Store store = open()) {

        // Then
        assertEquals(OptionalLong.of(8), store.settledUpTo(PARTITION));
        assertEquals(OptionalLong.of(7), store.settledUpTo(new TopicPartition("customer_data", 1)));
      }
    }

    @Test
    void partOfABatch_settlesNothing() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(5)));
        Batch batch = Stores.complete(store, "EVT-1");
        store.halve(batch);

        // When, and then
        store.settle(Stores.next(store));
        assertEquals(OptionalLong.of(4), store.settledUpTo(PARTITION));
        store.settle(Stores.next(store));
        assertEquals(OptionalLong.of(6), store.settledUpTo(PARTITION));
      }
    }

    @Test
    void place_canGoBackAndIsKept() {
      // Given
      try (Store store = open()) {
        store.append(Stores.poll(at(4), at(5)));

        // When
        store.place(PARTITION, Stores.position(2), Long.MAX_VALUE);

        // Then what was read before holds nothing back, and is read again
        assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
        assertEquals(3, store.append(Stores.poll(at(4))).messages());
      }
      try (Store store = open()) {
        assertEquals(Stores.position(5), store.position(PARTITION));
      }
    }

    @Test
    void placeBehindWhatIsSettled_leavesTheRestUnsettled() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(9)));

        // When
        store.place(PARTITION, Stores.position(10), 7);

        // Then
        assertEquals(OptionalLong.of(7), store.settledUpTo(PARTITION));
      }
    }

    @Test
    void topicThatWasMadeAnew_isHeldBackByNothingOfTheOneBefore() {
      // Given
      Position anew = new Position(new Uuid(9, 9), 2);
      try (Store store = open()) {
        store.append(Stores.poll(at(0), at(1)));

        // When
        store.place(PARTITION, anew, Long.MAX_VALUE);

        // Then
        assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
      }
      try (Store store = open()) {
        assertEquals(anew, store.position(PARTITION));
        assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
      }
    }

    @Test
    void partitionThatLeaves_holdsNothingBack() {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(at(4), at(5)));

        // When
        store.leave(PARTITION);

        // Then
        assertEquals(OptionalLong.of(6), store.settledUpTo(PARTITION));
        assertEquals(2, store.open().messages());
      }
    }

    private Event at(long offset) {
      return events.at(0, offset, "m" + lastId.incrementAndGet(), "1");
    }
  }

  @Nested
  class Completing {
    @Test
    void complete_fixesTheDocument() {
      try (Store store = open()) {
        // Given
        store.append(
            Stores.poll(events.event("a", "{ \"id\":\"C1\", \"v\":1.10 }"), events.event("b", "")));
        store.append(Stores.poll(Stores.PRODUCTS, events.event("c", "7,8")));
        store.append(Stores.poll(events.event("d", "9")));

        // When
        Batch batch = Stores.complete(store, "EVT-1");

        // Then
        assertEquals(List.of(batch), store.pending());
        assertNull(store.open());
        assertEquals(
            "{\"eventId\":\"EVT-1\",\"timestamp\":\"2024-02-08T10:30:00Z\","
                + "\"customers\":[{ \"id\":\"C1\", \"v\":1.10 },9],\"products\":[7,8],"
                + "\"metadata\":{\"source\":\"tributary\",\"version\":\"1.0.0\","
                + "\"customerCount\":2,\"productCount\":2}}",
            document(store, batch));
      }
    }

    @Test
    void complete_withNothingOpen_isRefused() {
      try (Store store = open()) {
        assertThrows(IllegalStateException.class, () -> Stores.complete(store, "EVT-1"));
      }
    }

    @Test
    void documentOfAnOpenBatch_isRefused() {
      try (Store store = open()) {
        // Given
        Batch batch = append(store, "1");

        // When
        IllegalStateException refusal =
            assertThrows(IllegalStateException.class, () -> store.document(batch));

        // Then
        assertTrue(refusal.getMessage().contains("open"), refusal.getMessage());
      }
    }

    @Test
    void document_isReadWhileAWriteIsUnderWay() throws Exception {
      try (Store store = open()) {
        // Given a writer that never waits
        Batch batch = completed(store, "1");
        String document = document(store, batch);
        AtomicBoolean end = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<?> written =
            writer.submit(
                () -> {
                  while (!end.get()) {
                    append(store, "\"" + "x".repeat(50_000) + "\"");
                  }
                });

        // When, and then
        for (int i = 0; i < 200; i++) {
          assertEquals(document, document(store, batch));
        }
        end.set(true);
        written.get();
        writer.shutdown();
      }
    }
  }

  @Nested
  class Reopening {
    @Test
    void reopenedStore_hasTheSameBatchesAndBytes() {
      // Given
      List<Batch> pending = new ArrayList<>();
      List<String> documents = new ArrayList<>();
      Batch open;
      try (Store store = open()) {
        for (int i = 0; i < 12; i++) {
          pending.add(completed(store, "\"ä€😀 " + i + "\""));
          documents.add(document(store, pending.get(i)));
        }
        open = append(store, "7");
      }

      for (int time = 0; time < 3; time++) {
        // When
        try (Store store = open()) {

          // Then
          assertEquals(pending, store.pending());
          assertEquals(open, store.open());
          assertEquals(
              documents, store.pending().stream().map(batch -> document(store, batch)).toList());
          assertTrue(Stores.isNext(store, pending.get(0)));
          assertFalse(Stores.isNext(store, pending.get(1)));
        }
      }
    }

    @Test
    void reopenedStore_goesOnWithTheOpenBatch() {
      // Given
      try (Store store = open()) {
        completed(store, "1");
        append(store, "2");
      }

      // When
      try (Store store = open()) {
        Batch batch = completed(store, "3");

        // Then
        assertEquals(2, batch.number());
        assertTrue(document(store, batch).contains("\"customers\":[2,3]"));
      }
    }

    /** What is on disk while it runs is what a process that was killed leaves behind. */
    @Test
    void killedProcess_leavesAllThatWasStored(@TempDir Path copy) throws Exception {
      try (Store store = open()) {
        // Given
        Batch batch = completed(store, "1");
        Event last = event("2");
        Batch open = store.append(Stores.poll(last));

        // When
        copy(folder, copy);

        // Then
        SeenIds ids = new SeenIds(100, Stores.TIME_TO_LIVE);
        try (Store again = remembering(copy, ids, seenContents(100), 100)) {
          assertEquals(store.identity(), again.identity());
          assertEquals(List.of(batch), again.pending());
          assertEquals(document(store, batch), document(again, batch));
          assertEquals(open, again.open());
          assertFalse(add(ids, events.event(last.messageId(), "2")));
        }
      }
    }

    @Test
    void traces_areKept() {
      // Given
      TopicPartition partition = new TopicPartition("customer_data", 0);
      byte[] value = Messages.message("m", "1");
      Event traced =
          (Event)
              new EventDecoder(ContentDedupe.OFF)
                  .decode(new SourceRecord(partition, 1, 0, null, value, "00-trace"));
      try (Store store = open()) {
        store.append(Stores.poll(traced));
        Stores.complete(store, "EVT-1");
      }

      // When
      try (Store store = open()) {

        // Then
        assertEquals(List.of("00-trace"), store.pending().get(0).traces());
      }
    }
  }

  @Nested
  class Forgetting {
    @Test
    void forgottenBatch_isGoneAlsoAfterReopening() throws Exception {
      // Given
      Batch second;
      try (Store store = open()) {
        Batch first = completed(store, "1");
        second = completed(store, "2");

        // When
        store.settle(first);
        store.settle(first);

        // Then
        assertEquals(List.of(second), store.pending());
        assertTrue(Stores.isNext(store, second));
      }
      try (Store store = open()) {
        assertEquals(List.of(second), store.pending());
      }
      assertEquals(1, rows("batch"));
      assertEquals(1, rows("fragment"));
    }

    @Test
    void openBatch_cannotBeSettled() {
      try (Store store = open()) {
        // Given
        Batch pending = completed(store, "1");
        Batch open = append(store, "2");

        // When
        store.settle(open);

        // Then
        assertEquals(List.of(pending), store.pending());
        assertEquals(open, store.open());
      }
    }

    @Test
    void numbers_goOnAfterAllIsForgotten() {
      try (Store store = open()) {
        // Given
        Batch done = completed(store, "1");
        store.settle(done);

        // When
        Batch next = completed(store, "2");

        // Then
        assertEquals(2, next.number());
      }
    }
  }

  /** After a write that failed all is as it was. */
  @Nested
  class Failing {
    @Test
    void storeThatCannotBeWritten_isAsItWasBefore() {
      // Given
      Store store = open();
      Batch pending = completed(store, "0");
      Batch before = append(store, "1");
      long next = store.position(PARTITION).next();
      store.close();
      store.settle(pending);
      Event event = event("2");

      // When
      assertThrows(StoreException.class, () -> store.append(Stores.poll(event)));
      assertThrows(StoreException.class, () -> Stores.complete(store, "EVT-1"));
      assertThrows(
          StoreException.class, () -> store.place(PARTITION, Stores.position(0), Long.MAX_VALUE));

      // Then
      assertFalse(event.isStored());
      assertEquals(before, store.open());
      assertEquals(List.of(pending), store.pending());
      assertEquals(next, store.position(PARTITION).next());
      assertFalse(store.isUsable());
      assertNotNull(store.trouble());
      assertEquals(0, store.unaccountedMessages());
    }

    @Test
    void otherWriter_makesTroubleUntilItIsGone() throws Exception {
      try (Store store = open()) {
        // Given
        Batch pending = completed(store, "1");
        String document = document(store, pending);
        try (Connection other = connect();
            Statement statement = other.createStatement()) {
          statement.execute("BEGIN IMMEDIATE");

          // When
          assertThrows(StoreException.class, () -> append(store, "2"));

          // Then
          assertTrue(store.trouble().contains("cannot be written"), store.trouble());
          assertEquals(document, document(store, pending));
        }

        // And when
        await().until(store::isUsable);

        // Then
        assertNull(store.trouble());
        assertEquals(1, append(store, "3").messages());
        assertEquals(0, rows("key_journal WHERE kind = 'trial'"));
      }
    }

    /** A trial that was written, and could not be deleted again. */
    @Test
    void trialThatWasLeft_isNoObstacle() throws Exception {
      try (Store store = open()) {
        // Given
        try (Connection other = connect();
            Statement statement = other.createStatement()) {
          statement.execute("INSERT INTO key_journal VALUES ('trial', 0, 0, 0, x'00')");
          statement.execute("BEGIN IMMEDIATE");
          assertThrows(StoreException.class, () -> append(store, "1"));
        }

        // When
        await().until(store::isUsable);

        // Then
        assertEquals(0, rows("key_journal WHERE kind = 'trial'"));
      }
    }

    @Test
    void partThatCannotBeWrittenAsSettled_isSettledInMemory() throws Exception {
      try (Store store = open()) {
        // Given
        store.append(Stores.poll(event("1"), event("2")));
        Batch batch = Stores.complete(store, "EVT-1");
        store.halve(batch);
        try (Connection other = connect();
            Statement statement = other.createStatement()) {
          statement.execute("BEGIN IMMEDIATE");

          // When
          store.settle(Stores.next(store));
        }

        // Then
        assertEquals("EVT-1-2", Stores.next(store).eventId());
        assertEquals(0, store.unaccountedMessages());
      }
    }
  }

  /** The keys by which duplicates are told. */
  @Nested
  class Keys {
    @Test
    void reopenedStore_knowsTheIds() {
      // Given
      Event seenContent = events.event("seen content", "1");
      seenContent.skip(Outcome.DUPLICATE_CONTENT);
      try (Store store = open()) {
        store.append(Stores.poll(events.event("merged", "1"), seenContent));
        Batch batch = Stores.complete(store, "EVT-1");
        store.settle(batch);
      }
      SeenIds ids = new SeenIds(100, Stores.TIME_TO_LIVE);

      // When
      remembering(folder, ids, seenContents(100), 100).close();

      // Then
      assertFalse(add(ids, events.event("merged", "2")));
      assertFalse(add(ids, events.event("seen content", "2")));
      assertTrue(add(ids, events.event("other", "2")));
    }

    @Test
    void reopenedStore_knowsTheLastContents() {
      // Given
      try (Store store = open()) {
        append(store, "{\"id\":1,\"v\":\"old\"},{\"id\":2}");
        append(store, "{\"id\":1,\"v\":\"new\"},{\"nameless\":true}");
      }
      SeenContents contents = seenContents(100);

      // When
      remembering(folder, new SeenIds(100, Stores.TIME_TO_LIVE), contents, 100).close();

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
      SeenContents before = new SeenContents(mode, 9, Stores.TIME_TO_LIVE);
      String records = "{\"id\":1,\"v\":1}";
      try (Store store = remembering(folder, seenIds(9), before, 9)) {
        store.append(Stores.poll(Stores.PRODUCTS, ofMode.event("a", records)));
      }
      SeenContents contents = new SeenContents(mode, 9, Stores.TIME_TO_LIVE);

      // When
      remembering(folder, seenIds(9), contents, 9).close();

      // Then
      assertEquals(mode == ContentDedupe.OFF, add(contents, ofMode.event("b", records)));
    }

    @Test
    void reopenedStore_hasForgottenWhatIsTooOld() {
      // Given
      try (Store store = open()) {
        store.append(Stores.poll(events.event("old", "{\"id\":1}")));
        clock.advance(Duration.ofMinutes(59));
        store.append(Stores.poll(events.event("young", "{\"id\":2}")));
      }
      clock.advance(Duration.ofMinutes(2));
      SeenIds ids = seenIds(100);
      SeenContents contents = seenContents(100);

      // When
      remembering(folder, ids, contents, 100).close();

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
      try (Store store = remembering(folder, seenIds(size), seenContents(size), size)) {
        for (int i = 0; i < 50; i++) {
          store.append(Stores.poll(events.event("m" + i, "{\"id\":" + i + "}")));
        }
      }
      SeenIds ids = seenIds(size);
      SeenContents contents = seenContents(size);

      // When
      remembering(folder, ids, contents, size).close();

      // Then
      for (int i = 40; i < 50; i++) {
        assertFalse(add(ids, events.event("m" + i, "1")), "m" + i);
        assertFalse(add(contents, event("{\"id\":" + i + "}")), "entry " + i);
      }
      assertTrue(add(ids, events.event("m0", "1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "entry"})
    void journal_isBoundedByTheNumberOfKeys(String kind) throws Exception {
      // When
      try (Store store = remembering(folder, seenIds(10), seenContents(10), 10)) {
        for (int i = 0; i < 100; i++) {
          append(store, "{\"id\":" + i + "}");
        }
      }

      // Then
      assertEquals(10, rows("key_journal WHERE kind = '" + kind + "'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "entry"})
    void journal_isBoundedByTheTimeToLive(String kind) throws Exception {
      // When
      try (Store store = remembering(folder, seenIds(1_000), seenContents(1_000), 1_000)) {
        for (int i = 0; i < 120; i++) {
          append(store, "{\"id\":" + i + "}");
          clock.advance(Duration.ofMinutes(6));
        }
      }

      // Then
      assertEquals(10, rows("key_journal WHERE kind = '" + kind + "'"));
    }

    /** A kind of key that comes once keeps no row of the others. */
    @Test
    void journal_isBoundedWhenAKindOfKeyIsRare() throws Exception {
      // When
      try (Store store = remembering(folder, seenIds(10), seenContents(10), 10)) {
        append(store, "{\"nameless\":true}");
        for (int i = 0; i < 100; i++) {
          append(store, "{\"id\":" + i + "}");
        }
      }

      // Then
      assertEquals(1, rows("key_journal WHERE kind = 'payload'"));
      assertEquals(10, rows("key_journal WHERE kind = 'entry'"));
    }

    /**
     * Rows are superfluous as a whole: many keys in one row are kept until newer ones are enough.
     */
    @Test
    void journal_keepsARowUntilNewerKeysAreEnough() throws Exception {
      // When
      try (Store store = remembering(folder, seenIds(10), seenContents(10), 10)) {
        store.append(
            Stores.poll(Stream.generate(() -> event("1")).limit(30).toArray(Event[]::new)));
        for (int i = 0; i < 9; i++) {
          append(store, "1");
        }

        // Then
        assertEquals(10, rows("key_journal WHERE kind = 'id'"));
        append(store, "1");
        assertEquals(10, rows("key_journal WHERE kind = 'id'"));
        assertEquals(2, first("key_journal", "number", "kind = 'id'"));
      }
    }

    private SeenIds seenIds(int size) {
      return new SeenIds(size, Stores.TIME_TO_LIVE);
    }
  }

  private Store open() {
    return Stores.in(folder).clock(clock).open();
  }

  private Store remembering(Path path, SeenIds ids, SeenContents contents, int size) {
    return Stores.in(path).clock(clock).memories(ids, contents, size).open();
  }

  private static SeenContents seenContents(int size) {
    return new SeenContents(ContentDedupe.LATEST, size, Stores.TIME_TO_LIVE);
  }

  private Batch append(Store store, String records) {
    return store.append(Stores.poll(event(records)));
  }

  private Batch completed(Store store, String records) {
    append(store, records);
    return Stores.complete(store, "EVT-" + lastId.incrementAndGet());
  }

  private Event event(String records) {
    return events.event("id-" + lastId.incrementAndGet(), records);
  }

  private static String document(Store store, Batch batch) {
    return new String(store.document(batch).getBytes(), UTF_8);
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tributary.db"));
  }

  private long rows(String table) throws SQLException {
    return number("SELECT count(*) FROM " + table);
  }

  private long first(String table, String column, String where) throws SQLException {
    return number("SELECT min(" + column + ") FROM " + table + " WHERE " + where);
  }

  private long number(String select) throws SQLException {
    try (Connection other = connect();
        Statement statement = other.createStatement();
        ResultSet row = statement.executeQuery(select)) {
      return row.getLong(1);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
