package io.tributary.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store promises, on a real SQLite file. Damage is in {@link DamagedStoreTest}. */
class StoreTest extends StoreCase {
  @Test
  void newFolder_isEmpty() {
    // When
    try (Store made = Stores.open(folder.resolve("made/on/demand"))) {

      // Then
      assertNull(made.open());
      assertEquals(List.of(), made.pending());
      assertEquals(0, made.pendingCount());
      assertTrue(made.isUsable());
      assertTrue(made.hasRoom());
      assertNull(made.trouble());
      assertNull(made.position(PARTITION));
      assertEquals(OptionalLong.empty(), made.settledUpTo(PARTITION));
    }
  }

  @Test
  void identity_staysTheSameAndIsTheFoldersOwn(@TempDir Path other) {
    // Given
    String identity = store.identity();

    // When
    reopen();
    try (Store another = Stores.open(other)) {

      // Then
      assertEquals(16, identity.length());
      assertEquals(identity, store.identity());
      assertNotEquals(identity, another.identity());
    }
  }

  @Test
  void folder_isForOneStoreAtATime() {
    // When
    StoreException refusal = assertThrows(StoreException.class, () -> Stores.open(folder));

    // Then
    assertTrue(refusal.getMessage().contains("in use by this process"), refusal.getMessage());
    assertFalse(refusal.isDamage());
    assertTrue(store.isUsable());
  }

  @Test
  void append_opensABatch() {
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

  @Test
  void append_addsToTheOpenBatchAndLeavesItsTime() {
    // Given
    append("1");
    long openedAt = clock.millis();
    clock.advance(Duration.ofSeconds(5));

    // When
    Batch batch =
        store.append(Stores.poll(Stores.PRODUCTS, events.event("b", "2"), events.event("c", "")));

    // Then
    assertEquals(1, batch.number());
    assertEquals(openedAt, batch.openedAt());
    assertEquals(3, batch.messages());
    assertEquals("customers=1, products=1", batch.countsText());
  }

  @Test
  void pollWithoutAnythingNew_opensNoBatchAndIsReadAllTheSame() {
    // Given
    Event duplicate = events.at(0, 41, "m", "1");
    duplicate.skip(Outcome.DUPLICATE_CONTENT);

    // When
    Batch batch = store.append(Stores.poll(duplicate));

    // Then
    assertNull(batch);
    assertTrue(duplicate.isStored());
    assertEquals(Stores.position(42), store.position(PARTITION));
    assertEquals(OptionalLong.of(42), store.settledUpTo(PARTITION));
    reopen();
    assertNull(store.open());
    assertEquals(Stores.position(42), store.position(PARTITION));
  }

  @Test
  void severalThreads_loseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
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
      assertTrue(document(batch).contains("[" + "1,".repeat(99) + "1]"));
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void complete_fixesTheDocument() {
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
        document(batch));
  }

  @Test
  void complete_withNothingOpen_isRefused() {
    assertThrows(IllegalStateException.class, () -> Stores.complete(store, "EVT-1"));
  }

  @Test
  void documentOfAnOpenBatch_isRefused() {
    // Given
    Batch batch = append("1");

    // When
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> store.document(batch));

    // Then
    assertTrue(refusal.getMessage().contains("open"), refusal.getMessage());
  }

  @Test
  void document_isReadWhileAWriteIsUnderWay() throws Exception {
    // Given a writer that never waits
    Batch batch = completed("1");
    String document = document(batch);
    AtomicBoolean end = new AtomicBoolean();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    Future<?> written =
        writer.submit(
            () -> {
              while (!end.get()) {
                append("\"" + "x".repeat(50_000) + "\"");
              }
            });

    // When, and then
    for (int i = 0; i < 200; i++) {
      assertEquals(document, document(batch));
    }
    end.set(true);
    written.get();
    writer.shutdown();
  }

  @Test
  void forgottenBatch_isGoneAlsoAfterReopening() throws Exception {
    // Given
    Batch second;
    Batch first = completed("1");
    second = completed("2");

    // When
    store.settle(first);
    store.settle(first);

    // Then
    assertEquals(List.of(second), store.pending());
    assertTrue(Stores.isNext(store, second));
    reopen();
    assertEquals(List.of(second), store.pending());
    assertEquals(1, rows("batch"));
    assertEquals(1, rows("fragment"));
  }

  @Test
  void openBatch_cannotBeSettled() {
    // Given
    Batch pending = completed("1");
    Batch open = append("2");

    // When
    store.settle(open);

    // Then
    assertEquals(List.of(pending), store.pending());
    assertEquals(open, store.open());
  }

  @Test
  void numbers_goOnAfterAllIsForgotten() {
    // Given
    Batch done = completed("1");
    store.settle(done);

    // When
    Batch next = completed("2");

    // Then
    assertEquals(2, next.number());
  }
}
