package io.tributary.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.event.Event;
import io.tributary.support.Stores;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** After a write that failed all is as it was. */
class StoreTroubleTest extends StoreCase {
  @Test
  void storeThatCannotBeWritten_isAsItWasBefore() {
    // Given
    Batch pending = completed("0");
    Batch before = append("1");
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
    // Given
    Batch pending = completed("1");
    String document = document(pending);
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");

      // When
      assertThrows(StoreException.class, () -> append("2"));

      // Then
      assertTrue(store.trouble().contains("cannot be written"), store.trouble());
      assertEquals(document, document(pending));
    }

    // And when
    await().until(store::isUsable);

    // Then
    assertNull(store.trouble());
    assertEquals(1, append("3").messages());
    assertEquals(0, rows("key_journal WHERE kind = 'trial'"));
  }

  /** A trial that was written, and could not be deleted again. */
  @Test
  void trialThatWasLeft_isNoObstacle() throws Exception {
    // Given
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      statement.execute("INSERT INTO key_journal VALUES ('trial', 0, 0, 0, x'00')");
      statement.execute("BEGIN IMMEDIATE");
      assertThrows(StoreException.class, () -> append("1"));
    }

    // When
    await().until(store::isUsable);

    // Then
    assertEquals(0, rows("key_journal WHERE kind = 'trial'"));
  }

  @Test
  void partThatCannotBeWrittenAsSettled_isSettledInMemory() throws Exception {
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
