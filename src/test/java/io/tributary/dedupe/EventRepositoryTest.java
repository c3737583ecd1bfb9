package io.tributary.dedupe;

import static io.tributary.support.Repositories.add;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.Events;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a repository makes of a poll, which it remembers as long as that can fail. */
class EventRepositoryTest {
  private final Events events = Events.customers();
  private final SeenIds seen = new SeenIds(1_000, Duration.ofHours(1));

  @Test
  void pollWithSomethingNew_isNewAndItsDuplicatesAreSetAside() {
    // Given
    add(seen, event("old"));
    Event old = event("old");
    Event first = event("new");
    Event again = event("new");

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
    add(seen, event("old"));

    // When
    boolean isNew = add(seen, "poll", event("old"), event("old"));

    // Then
    assertFalse(isNew);
    assertFalse(seen.remove("poll"));
    assertFalse(add(seen, event("old")), "still known");
  }

  @Test
  void failedPoll_forgetsAllThatWasNewInIt() {
    // Given
    add(seen, event("old"));
    add(seen, "poll", event("old"), event("a"), event("b"));

    // When
    boolean removed = seen.remove("poll");

    // Then
    assertTrue(removed);
    assertTrue(add(seen, event("a")));
    assertTrue(add(seen, event("b")));
    assertFalse(add(seen, event("old")));
  }

  @Test
  void pollThatFailsWhileItIsCompared_isForgottenAtOnce() {
    // Given
    class Failing extends EventRepository {
      Failing() {
        super(Outcome.DUPLICATE_ID, "id={}", 100, Duration.ofHours(1));
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

    // When
    assertThrows(
        IllegalStateException.class, () -> add(failing, "poll", event("good"), event("bad")));

    // Then
    assertTrue(add(seen, event("good")));
  }

  /** {@code +} and {@code -} add it, new or not; {@code !} says of a step that nothing is done. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "+ - undo +",
        "+ store !undo -",
        "+ confirm !confirm !undo -",
        "+ confirm - !undo -",
        "!undo !confirm +"
      })
  void historyOfAnId_endsSo(String history) {
    Event event = event("m");
    boolean begun = false;
    for (String step : history.split(" ")) {
      switch (step.replace("!", "")) {
        case "+", "-" -> {
          assertEquals(step.equals("+"), add(seen, begun ? event("m") : event), step);
          begun = true;
        }
        case "store" -> event.markStored();
        case "undo" -> assertEquals(!step.startsWith("!"), seen.remove("m"), step);
        default -> assertEquals(!step.startsWith("!"), seen.confirm("m"), step);
      }
    }
  }

  @Test
  void confirmedPoll_isNoLongerProvisional() {
    // Given
    add(seen, event("m"));

    // When
    seen.confirm("m");

    // Then
    assertFalse(seen.contains("m"));
  }

  @Test
  void keyWithoutAnEvent_isRefused() {
    // When
    UnsupportedOperationException refusal =
        assertThrows(UnsupportedOperationException.class, () -> seen.add("m"));

    // Then
    assertEquals(0, seen.count(), refusal.getMessage());
  }

  private Event event(String id) {
    return events.event(id, "1");
  }
}
