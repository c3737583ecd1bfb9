package io.tributary.dedupe;

import static io.tributary.support.Repositories.add;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SeenIdsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Events events = Events.customers();
  private final SeenIds seen = new SeenIds(1_000, HOUR);

  @Test
  void newId_isAccepted() {
    // Given
    Event event = events.event("m", "1");

    // When
    boolean isNew = add(seen, event);

    // Then
    assertTrue(isNew);
    assertEquals(Outcome.MERGED, event.outcome());
    assertEquals(1, seen.count());
  }

  @Test
  void sameId_isADuplicateWhateverThePayload() {
    // Given
    add(seen, events.event("m", "1"));
    Event again = events.event("m", "2");

    // When
    boolean isNew = add(seen, again);

    // Then
    assertFalse(isNew);
    assertEquals(Outcome.DUPLICATE_ID, again.outcome());
    assertEquals(1, seen.count());
  }

  @Test
  void sameId_isADuplicateOnAnotherTopicToo() {
    // Given
    add(seen, events.event("m", "1"));

    // When
    boolean isNew = add(seen, new Events(ContentDedupe.LATEST, "inventory_data").event("m", "1"));

    // Then
    assertFalse(isNew);
  }

  @Test
  void idWrittenWithEscapes_isTheSame() {
    // Given
    add(seen, events.event("Ä-1", "1"));

    // When
    boolean isNew = add(seen, events.event("\\u00c4\\u002d1", "1"));

    // Then
    assertFalse(isNew);
  }

  @Test
  void idInOtherLettersOrSpaces_isNew() {
    // Given
    add(seen, events.event("abc", "1"));

    // When
    boolean upper = add(seen, events.event("ABC", "1"));
    boolean spaced = add(seen, events.event("abc ", "1"));

    // Then
    assertTrue(upper);
    assertTrue(spaced);
  }

  @Test
  void pollWithSomethingNew_isNewAndItsDuplicatesAreSetAside() {
    // Given
    add(seen, events.event("old", "1"));
    Event old = events.event("old", "2");
    Event first = events.event("new", "3");
    Event again = events.event("new", "4");

    // When
    boolean isNew = add(seen, "poll", old, first, again);

    // Then
    assertTrue(isNew);
    assertEquals(Outcome.DUPLICATE_ID, old.outcome());
    assertEquals(Outcome.MERGED, first.outcome());
    assertEquals(Outcome.DUPLICATE_ID, again.outcome());
  }

  @Test
  void pollWithoutAnythingNew_isADuplicateAndLeavesNothingToTakeBack() {
    // Given
    add(seen, events.event("old", "1"));

    // When
    boolean isNew = add(seen, "poll", events.event("old", "1"), events.event("old", "2"));

    // Then
    assertFalse(isNew);
    assertFalse(seen.remove("poll"));
    assertFalse(add(seen, events.event("old", "1")), "still known");
  }

  @Test
  void failedPoll_forgetsAllThatWasNewInIt() {
    // Given
    add(seen, events.event("old", "1"));
    add(seen, "poll", events.event("old", "1"), events.event("a", "1"), events.event("b", "1"));

    // When
    seen.remove("poll");

    // Then
    assertTrue(add(seen, events.event("a", "1")));
    assertTrue(add(seen, events.event("b", "1")));
    assertFalse(add(seen, events.event("old", "1")));
  }

  @Test
  void pollThatFailsWhileItIsCompared_isForgottenAtOnce() {
    // Given
    class Failing extends EventRepository {
      Failing() {
        super(Outcome.DUPLICATE_ID, "id={}", 100, HOUR);
      }

      @Override
      boolean accept(Event event) {
        if (event.messageId().equals("bad")) {
          throw new IllegalStateException("no more");
        }
        return seen.accept(event);
      }

      @Override
      void forget(Event event) {
        seen.forget(event);
      }
    }
    Failing failing = new Failing();
    Event bad = events.event("bad", "1");

    // When
    assertThrows(
        IllegalStateException.class, () -> add(failing, "poll", events.event("good", "1"), bad));

    // Then
    assertTrue(add(seen, events.event("good", "1")));
  }

  @Test
  void removedId_isNewAgain() {
    // Given
    add(seen, events.event("m", "1"));

    // When
    boolean removed = seen.remove("m");

    // Then
    assertTrue(removed);
    assertTrue(add(seen, events.event("m", "1")));
  }

  @Test
  void removedIdOfAStoredEvent_staysKnown() {
    // Given
    Event event = events.event("m", "1");
    add(seen, event);
    event.markStored();

    // When
    boolean removed = seen.remove("m");

    // Then
    assertFalse(removed);
    assertFalse(add(seen, events.event("m", "1")));
  }

  @Test
  void removeAfterADuplicate_forgetsTheFirst() {
    // Given
    add(seen, events.event("m", "1"));
    add(seen, events.event("m", "1"));

    // When
    seen.remove("m");

    // Then
    assertTrue(add(seen, events.event("m", "1")), "the poll that had both failed");
  }

  @Test
  void removeOfADuplicate_leavesWhatWasConfirmed() {
    // Given
    add(seen, events.event("m", "1"));
    seen.confirm("m");
    add(seen, events.event("m", "1"));

    // When
    boolean removed = seen.remove("m");

    // Then
    assertFalse(removed);
    assertFalse(add(seen, events.event("m", "1")));
  }

  @Test
  void confirmedId_isNoLongerProvisional() {
    // Given
    add(seen, events.event("m", "1"));

    // When
    boolean confirmed = seen.confirm("m");

    // Then
    assertTrue(confirmed);
    assertFalse(seen.contains("m"));
    assertFalse(seen.confirm("m"));
    assertFalse(seen.remove("m"));
  }

  @Test
  void removeOfAnUnknownId_doesNothing() {
    // When
    boolean removed = seen.remove("nobody");

    // Then
    assertFalse(removed);
  }

  @Test
  void keyWithoutAnEvent_isRefused() {
    // When
    UnsupportedOperationException refusal =
        assertThrows(UnsupportedOperationException.class, () -> seen.add("m"));

    // Then
    assertEquals(0, seen.count(), refusal.getMessage());
  }

  @Test
  void id_isNewAgainWhenItsTimeIsOver() {
    // Given
    SeenIds shortly = new SeenIds(1_000, Duration.ofSeconds(1));
    add(shortly, events.event("m", "1"));

    // When
    boolean isNew = add(shortly, events.event("m", "1"));

    // Then
    assertFalse(isNew);
    await().pollInterval(Duration.ofMillis(50)).until(() -> add(shortly, events.event("m", "1")));
  }

  @Test
  void lastIds_areRememberedAndTheOldestForgotten() {
    // Given
    for (int i = 0; i < 5_000; i++) {
      add(seen, events.event("m" + i, "1"));
    }

    for (int i = 4_000; i < 5_000; i++) {
      // When
      boolean isNew = seen.accept(events.event("m" + i, "1"));

      // Then
      assertFalse(isNew, "m" + i);
    }
    assertTrue(seen.accept(events.event("m0", "1")));
    assertTrue(seen.count() <= 1_000 + 1_000 / 64, "bounded: " + seen.count());
  }

  @Test
  void restoredId_isADuplicateUntilItsTimeIsOver() {
    // Given
    Event old = events.event("old", "1");
    Event young = events.event("young", "1");

    // When
    seen.restore(old.idHash(), HOUR.plusSeconds(1));
    seen.restore(young.idHash(), HOUR.minusMinutes(1));

    // Then
    assertTrue(add(seen, old));
    assertFalse(add(seen, young));
  }

  @Test
  void clear_forgetsAll() {
    // Given
    add(seen, events.event("m", "1"));

    // When
    seen.clear();

    // Then
    assertFalse(seen.contains("m"));
    assertTrue(add(seen, events.event("m", "1")));
  }

  @Test
  void sameIdFromEightThreads_isNewOnce() throws Exception {
    // Given
    int rounds = 500;
    CyclicBarrier together = new CyclicBarrier(8);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Integer>> counts = new ArrayList<>();

    // When
    for (int thread = 0; thread < 8; thread++) {
      counts.add(
          threads.submit(
              () -> {
                int accepted = 0;
                for (int i = 0; i < rounds; i++) {
                  Event event = Events.customers().event("m" + i, "1");
                  together.await();
                  accepted += seen.accept(event) ? 1 : 0;
                }
                return accepted;
              }));
    }

    // Then
    int accepted = 0;
    for (Future<Integer> count : counts) {
      accepted += count.get();
    }
    threads.shutdown();
    assertEquals(rounds, accepted);
  }
}
