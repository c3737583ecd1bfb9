package io.tributary.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tributary.batch.Batch;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.support.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are stored are somewhere, at each step of a batch's way. */
class MessageBalanceTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Duration HOUR = Duration.ofHours(1);

  private final Events events = Events.customers();

  @TempDir Path folder;

  @Test
  void eachStepOfABatch_leavesNothingUnaccounted() {
    try (Store store = open()) {
      append(store, "a", "b");
      assertEquals(0, store.unaccountedMessages());

      Batch first = complete(store);
      assertEquals(0, store.unaccountedMessages());

      append(store, "c");
      store.settle(first);
      assertEquals(0, store.unaccountedMessages());

      store.settle(first);
      store.forget(first.number());
      store.settle(first);
      assertEquals(0, store.unaccountedMessages());
    }
  }

  @Test
  void restart_beginsWithWhatIsStored() {
    // Given a batch that is pending, and one that is open
    try (Store store = open()) {
      append(store, "a", "b");
      complete(store);
      append(store, "c");
    }

    // When
    try (Store store = open()) {

      // Then
      assertEquals(0, store.unaccountedMessages());
      Batch first = store.pending().get(0);
      store.settle(first);
      store.forget(first.number());
      assertEquals(0, store.unaccountedMessages());
    }
  }

  @Test
  void messagesOfAWriteThatFailedButIsThere_areCountedWhenTheFolderIsReadAgain() throws Exception {
    // Given a write that is on disk, fails after that, and a folder that cannot be opened again
    try (Store store = open()) {
      append(store, "a");
      Path newerLog = Files.createFile(folder.resolve("999999.log"));
      Path probe = Files.createDirectories(folder.resolve("000000.dbtmp/in-the-way"));
      assertThrows(StoreException.class, () -> append(store, "b", "c"));
      assertFalse(store.isUsable());

      // When
      Files.delete(probe);
      Files.delete(probe.getParent());
      Files.delete(newerLog);
      await().atMost(Duration.ofSeconds(30)).until(store::isUsable);

      // Then
      assertEquals(3, Objects.requireNonNull(store.open()).messages());
      assertEquals(0, store.unaccountedMessages());
    }
  }

  @Test
  void messagesThatAreInNoBatch_areMissing() {
    // Given
    MessageBalance balance = MessageBalance.even();
    Batch open = Batch.opened(1).with(fragment("a", "b"), 1, 1);

    // When
    balance.stored(5);
    balance.settled(1);

    // Then
    assertEquals(2, balance.missing(open, List.of()));
    assertEquals(0, balance.missing(open, List.of(open)));
    assertEquals(-2, balance.missing(open, List.of(open, open)));
  }

  private Store open() {
    SeenContents contents = new SeenContents(ContentDedupe.LATEST, 10, HOUR);
    return Store.open(folder, new SeenIds(10, HOUR), contents, 10, HOUR, Clock.systemUTC());
  }

  private void append(Store store, String... ids) {
    store.append(fragment(ids));
  }

  private Fragment fragment(String... ids) {
    Fragment fragment = new Fragment(CUSTOMERS);
    for (String id : ids) {
      fragment.merge(events.event(id, "1"));
    }
    return fragment;
  }

  private static Batch complete(Store store) {
    return store.complete(new Batch.Completion("EVT", "now", "test", "1"), List.of(CUSTOMERS));
  }
}
