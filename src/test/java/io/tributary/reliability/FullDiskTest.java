package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store on a full disk, at the moments that a process seldom meets. */
@Tag("reliability")
class FullDiskTest {
  private static final String TEN_KILOBYTES = "\"" + "x".repeat(10_000) + "\"";
  private static final int MEGABYTE = 1024 * 1024;

  private final Events events = Events.customers();

  @TempDir Path folder;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount(folder.resolve("disk"), 64);
  }

  @AfterEach
  void unmount() throws Exception {
    disk.close();
  }

  /** The operating system writes a part of it first, and says so; the next write fails. */
  @ParameterizedTest
  @ValueSource(ints = {0, 25_000, 70_000, 3 * MEGABYTE})
  void writeThatDoesNotFit_isUndoneAndWrittenWhenThereIsRoom(int room) throws Exception {
    // Given
    int stored;
    try (Store store = open()) {
      append(store);
      disk.fillBut(room);

      // When
      stored = 1 + appendUntilRefused(store);

      // Then
      assertEquals(stored, store.open().messages());
      assertFalse(store.isUsable());
      assertTrue(store.trouble().contains("full"), store.trouble());
      disk.free();
      await().until(store::isUsable);
      assertEquals(stored, store.open().messages());
      append(store);
      assertEquals(stored + 1, store.open().messages());
    }
    try (Store reopened = open()) {
      assertEquals(stored + 1, reopened.open().messages());
      assertTrue(documentOf(reopened).contains(TEN_KILOBYTES));
    }
  }

  @Test
  void whatIsPending_isReadAndSettledMeanwhile() throws Exception {
    // Given
    try (Store store = open()) {
      for (int i = 0; i < 500; i++) {
        append(store);
      }
      Batch pending = Stores.complete(store, "EVT-1");
      byte[] document = store.document(pending).getBytes();
      disk.fill();

      // When
      appendUntilRefused(store);

      // Then
      assertFalse(store.hasRoom());
      assertEquals(List.of(pending), store.pending());
      assertArrayEquals(document, store.document(pending).getBytes());
      store.settle(pending);
      assertFalse(Stores.isNext(store, pending));

      // And when
      disk.free();

      // Then
      await().until(() -> store.isUsable() && store.hasRoom());
      store.forgetSettled();
      assertEquals(List.of(), store.pending());
      assertEquals(0, store.unaccountedMessages());
    }
  }

  /** Killed while it is full: the next process finds all that was acknowledged. */
  @Test
  void whatIsOnAFullDisk_isOpenedWhenThereIsRoom() throws Exception {
    // Given
    int stored;
    Path copy = folder.resolve("copy");
    try (Store store = open()) {
      append(store);
      disk.fillBut(MEGABYTE);
      stored = 1 + appendUntilRefused(store);
      Files.createDirectories(copy);
      for (String name : List.of("tributary.db", "tributary.db-wal")) {
        Files.copy(folder.resolve("disk/state").resolve(name), copy.resolve(name));
      }
    }

    // When
    try (Store reopened = Stores.open(copy)) {

      // Then
      assertEquals(stored, reopened.open().messages());
      assertEquals(0, reopened.unaccountedMessages());
    }
  }

  @Test
  void newStoreOnAFullDisk_isNoDamage() throws Exception {
    // Given
    Files.createDirectories(folder.resolve("disk/state"));
    disk.fill();

    // When
    StoreException refusal = assertThrows(StoreException.class, this::open);

    // Then
    assertFalse(refusal.isDamage(), refusal.getMessage());
    disk.free();
  }

  @Test
  void fullDisk_keepsTheFolderLocked() throws Exception {
    // Given
    try (Store store = open()) {
      disk.fill();
      appendUntilRefused(store);

      // When
      StoreException refusal = assertThrows(StoreException.class, this::open);

      // Then
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
    }
  }

  /** The number of writes that went well; it ends since the disk has an end. */
  private int appendUntilRefused(Store store) {
    for (int stored = 0; ; stored++) {
      try {
        append(store);
      } catch (StoreException refused) {
        return stored;
      }
    }
  }

  private void append(Store store) {
    store.append(Stores.poll(events.event("m", TEN_KILOBYTES)));
  }

  private static String documentOf(Store store) {
    return new String(store.document(Stores.complete(store, "EVT-1")).getBytes(), UTF_8);
  }

  private Store open() {
    return Stores.open(folder.resolve("disk/state"));
  }
}
