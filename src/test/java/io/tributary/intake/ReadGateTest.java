package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadGateTest {
  private Store store;
  private ReadGate gate;

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Stores.open(folder);
    gate = new ReadGate(store, 2, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "2, false", "3, false"})
  void pendingBatches_closeItWhenTheyAreAsManyAsMayBe(int pending, boolean expected) {
    // Given
    for (int i = 0; i < pending; i++) {
      completeBatch();
    }

    // When
    boolean isOpen = gate.isOpen();

    // Then
    assertEquals(expected, isOpen);
  }

  @Test
  void deliveredBatch_opensIt() {
    // Given
    completeBatch();
    completeBatch();

    // When
    store.pending().forEach(store::settle);

    // Then
    assertTrue(gate.isOpen());
  }

  @Test
  void pause_closesItUntilResume() {
    // Given
    gate.pause("me");
    assertFalse(gate.isOpen());

    // When
    gate.resume();

    // Then
    assertTrue(gate.isOpen());
  }

  @Test
  void resume_doesNotOpenItForMoreBatchesThanMayBe() {
    // Given
    completeBatch();
    completeBatch();
    gate.pause("me");

    // When
    gate.resume();

    // Then
    assertFalse(gate.isOpen());
  }

  @Test
  void storeThatCannotBeWritten_closesIt() {
    // Given
    assertTrue(gate.isOpen());

    // When
    store.close();
    assertThrows(StoreException.class, this::completeBatch);

    // Then
    assertFalse(gate.isOpen());
  }

  @Test
  void reason_saysWhatKeepsItClosed() {
    // Given
    assertNull(gate.reason());

    // When, and then
    gate.hold();
    assertEquals("routes are being exchanged", gate.reason());
    gate.release();
    completeBatch();
    completeBatch();
    assertEquals("as many batches are pending as may be", gate.reason());
    gate.pause("me");
    assertTrue(gate.reason().startsWith("paused by me since "), gate.reason());
    gate.resume();
    store.close();
    assertThrows(StoreException.class, this::completeBatch);
    assertTrue(gate.reason().contains("cannot be written"), gate.reason());
  }

  private void completeBatch() {
    store.append(Stores.poll(Events.customers().event("m", "1")));
    Stores.complete(store, "EVT-1");
  }
}
