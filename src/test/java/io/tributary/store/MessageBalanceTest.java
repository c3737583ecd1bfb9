package io.tributary.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.batch.Batch;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are stored are somewhere, at each step of a batch's way. */
class MessageBalanceTest {
  private final Events events = Events.customers();

  @TempDir Path folder;

  @Test
  void eachStepOfABatch_leavesNothingUnaccounted() {
    try (Store store = Stores.open(folder)) {
      append(store, "a", "b");
      assertEquals(0, store.unaccountedMessages());

      Batch first = Stores.complete(store, "EVT");
      assertEquals(0, store.unaccountedMessages());

      append(store, "c");
      store.settle(first);
      assertEquals(0, store.unaccountedMessages());

      store.settle(first);
      store.settle(first);
      assertEquals(0, store.unaccountedMessages());
    }
  }

  @Test
  void restart_beginsWithWhatIsStored() {
    // Given a batch that is pending, and one that is open
    try (Store store = Stores.open(folder)) {
      append(store, "a", "b");
      Stores.complete(store, "EVT");
      append(store, "c");
    }

    // When
    try (Store store = Stores.open(folder)) {

      // Then
      assertEquals(0, store.unaccountedMessages());
      Batch first = store.pending().get(0);
      store.settle(first);
      assertEquals(0, store.unaccountedMessages());
    }
  }

  @Test
  void messagesThatAreInNoBatch_areMissing() {
    // Given
    MessageBalance balance = MessageBalance.even();
    Batch open = Batch.opened(1).with(poll("a", "b").contribution(), 1);

    // When
    balance.stored(5);
    balance.settled(1);

    // Then
    assertEquals(2, balance.missing(open, List.of()));
    assertEquals(0, balance.missing(open, List.of(open)));
    assertEquals(-2, balance.missing(open, List.of(open, open)));
  }

  private void append(Store store, String... ids) {
    store.append(poll(ids));
  }

  private Poll poll(String... ids) {
    return Stores.poll(Stream.of(ids).map(id -> events.event(id, "1")).toArray(Event[]::new));
  }
}
