package io.tributary.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.poll.Poll;
import io.tributary.poll.Position;
import io.tributary.support.Stores;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** How far a partition has been read, and what of it is settled. */
class StorePositionsTest extends StoreCase {
  @Test
  void eventsBelowThePosition_arePassedOverAsDuplicates() {
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

  @Test
  void pollOfWhatWasReadBefore_movesNoPositionBack() {
    // Given
    store.append(Stores.poll(at(4), at(5)));

    // When
    store.append(Stores.poll(at(4)));
    store.advance(Map.of(PARTITION, Stores.position(3)));

    // Then
    assertEquals(Stores.position(6), store.position(PARTITION));
  }

  @Test
  void settledUpTo_isTheLowestOffsetThatIsNotSettled() {
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

  @Test
  void settledUpTo_isTheSameAfterARestart() {
    // Given
    store.append(Stores.poll(at(4), at(5)));
    Batch first = Stores.complete(store, "EVT-1");
    store.append(Stores.poll(at(8), events.at(1, 7, "other partition", "1")));
    store.settle(first);

    // When
    reopen();

    // Then
    assertEquals(OptionalLong.of(8), store.settledUpTo(PARTITION));
    assertEquals(OptionalLong.of(7), store.settledUpTo(new TopicPartition("customer_data", 1)));
  }

  @Test
  void partOfABatch_settlesNothing() {
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

  @Test
  void place_canGoBackAndIsKept() {
    // Given
    store.append(Stores.poll(at(4), at(5)));

    // When
    store.place(PARTITION, Stores.position(2), Long.MAX_VALUE);

    // Then what was read before holds nothing back, and is read again
    assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
    assertEquals(3, store.append(Stores.poll(at(4))).messages());
    reopen();
    assertEquals(Stores.position(5), store.position(PARTITION));
  }

  @Test
  void placeBehindWhatIsSettled_leavesTheRestUnsettled() {
    // Given
    store.append(Stores.poll(at(4), at(9)));

    // When
    store.place(PARTITION, Stores.position(10), 7);

    // Then
    assertEquals(OptionalLong.of(7), store.settledUpTo(PARTITION));
  }

  @Test
  void topicThatWasMadeAnew_isHeldBackByNothingOfTheOneBefore() {
    // Given
    Position anew = new Position(new Uuid(9, 9), 2);
    store.append(Stores.poll(at(0), at(1)));

    // When
    store.place(PARTITION, anew, Long.MAX_VALUE);

    // Then
    assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
    reopen();
    assertEquals(anew, store.position(PARTITION));
    assertEquals(OptionalLong.of(2), store.settledUpTo(PARTITION));
  }

  @Test
  void partitionThatLeaves_holdsNothingBack() {
    // Given
    store.append(Stores.poll(at(4), at(5)));

    // When
    store.leave(PARTITION);

    // Then
    assertEquals(OptionalLong.of(6), store.settledUpTo(PARTITION));
    assertEquals(2, store.open().messages());
  }

  private Event at(long offset) {
    return events.at(0, offset, newId(), "1");
  }
}
