package io.tributary.reliability;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store on a full disk, at the moments that a process seldom meets. */
@Tag("reliability")
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final String TEN_KILOBYTES = "\"" + "x".repeat(10_000) + "\"";
  private static final int MEGABYTE = 1024 * 1024;

  /** So many leave LevelDB a little room in its memory. */
  private static final int NEARLY_ONE_TABLE = 750;

  @TempDir Path folder;
  private SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount(folder.resolve("disk"), 32);
  }

  @AfterEach
  void unmount() throws Exception {
    disk.close();
  }

  /** The operating system writes a part of it first, and says so; the next write fails. */
  @Test
  void writeThatFitsInPart_isNotTakenForDone() throws Exception {
    // Given
    try (Store store = open()) {
      append(store, 1);
      disk.fillBut(25_000);

      // When
      int stored = appendUntilRefused(store);

      // Then
      disk.free();
      await().atMost(PATIENCE).until(store::isUsable);
      assertEquals(1 + stored, store.open().messages());
    }
    try (Store reopened = open()) {
      assertNotNull(reopened.open());
    }
  }

  /** The number of writes that went well; it ends since the disk has an end. */
  private static int appendUntilRefused(Store store) {
    for (int stored = 0; ; stored++) {
      try {
        append(store, 1);
      } catch (StoreException refused) {
        return stored;
      }
    }
  }

  @Test
  void noRoomForATable_leavesWhatIsPendingReadable() throws Exception {
    // Given
    try (Store store = open()) {
      Batch pending = batch(store, NEARLY_ONE_TABLE);
      byte[] document = store.document(pending).getBytes();
      disk.fillBut(3 * MEGABYTE);

      // When LevelDB cannot write its memory to a table, which it does in the background: how
      // many writes it takes until then is a matter of chance
      appendUntilRefused(store);

      // Then
      assertFalse(store.isUsable());
      assertTrue(String.valueOf(store.trouble()).contains("No space left"), store.trouble());
      assertEquals(List.of(pending), store.pending());
      assertArrayEquals(document, store.document(pending).getBytes());

      // And when
      disk.free();

      // Then
      await().atMost(PATIENCE).until(store::isUsable);
      assertEquals(List.of(pending), store.pending());
      assertArrayEquals(document, store.document(pending).getBytes());
      int messages = store.open() == null ? 0 : store.open().messages();
      append(store, 1);
      assertEquals(messages + 1, store.open().messages());
    }
  }

  @Test
  void noRoomForATable_isNoticedWithoutAWrite() throws Exception {
    // Given
    try (Store store = open()) {
      batch(store, NEARLY_ONE_TABLE);
      disk.fillBut(3 * MEGABYTE);

      // When
      appendUntilATableIsDue(store);

      // Then
      await().atMost(PATIENCE).until(() -> store.trouble() != null);
      disk.free();
      await().atMost(PATIENCE).until(store::isUsable);
    }
  }

  @Test
  void folderThatIsGone_isNotMadeAnew() throws Exception {
    // Given
    try (Store store = open()) {
      Batch pending = batch(store, 1);
      disk.fill();
      assertThrows(StoreException.class, () -> append(store, 10));
      Path state = folder.resolve("disk/state");
      Files.move(state, folder.resolve("disk/elsewhere"));

      // When
      disk.free();

      // Then
      await()
          .atMost(PATIENCE)
          .until(() -> !store.isUsable() && store.trouble().contains("not there any more"));
      assertFalse(Files.exists(state));
      assertEquals(List.of(pending), store.pending());

      // And when
      Files.move(folder.resolve("disk/elsewhere"), state);

      // Then
      await().atMost(PATIENCE).until(store::isUsable);
      assertNotNull(store.document(pending));
    }
  }

  @Test
  void fullDisk_keepsTheFolderLocked() throws Exception {
    // Given
    try (Store store = open()) {
      disk.fill();
      assertThrows(StoreException.class, () -> append(store, 10));

      // When
      StoreException refusal = assertThrows(StoreException.class, this::open);

      // Then
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
    }
  }

  /** Log by log: the second one is there when the first has become too long. */
  private void appendUntilATableIsDue(Store store) throws Exception {
    while (logs() < 2) {
      append(store, 1);
    }
  }

  private long logs() throws Exception {
    try (var files = Files.list(folder.resolve("disk/state"))) {
      return files.filter(file -> file.toString().endsWith(".log")).count();
    }
  }

  private static Batch batch(Store store, int fragments) {
    append(store, fragments);
    return store.complete(
        new Batch.Completion("EVT-1", "2024-02-08T10:30:00Z", "tributary", "1.0.0"),
        List.of(CUSTOMERS));
  }

  private static void append(Store store, int fragments) {
    for (int i = 0; i < fragments; i++) {
      Fragment fragment = new Fragment(CUSTOMERS);
      fragment.merge(Events.customers().event("m" + i, TEN_KILOBYTES));
      store.append(fragment);
    }
  }

  private Store open() {
    Duration hour = Duration.ofHours(1);
    return Store.open(
        folder.resolve("disk/state"),
        new SeenIds(100, hour),
        new SeenContents(ContentDedupe.LATEST, 100, hour),
        100,
        hour,
        Clock.systemUTC());
  }
}
