package io.tributary.dedupe;

import static io.tributary.support.Repositories.add;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.EightThreads;
import io.tributary.support.Events;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which message IDs are new. */
class SeenIdsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Events events = Events.customers();
  private final SeenIds seen = new SeenIds(1_000, HOUR);

  @ParameterizedTest(name = "after {0}, {1} is new: {2}")
  @CsvSource({
    "m, m, false",
    "m, n, true",
    "Ä-1, \\u00c4\\u002d1, false",
    "abc, ABC, true",
    "abc, 'abc ', true"
  })
  void id_isNewIfItIsAnotherText(String before, String id, boolean expected) {
    // Given
    add(seen, events.event(before, "1"));
    Event event = events.event(id, "2");

    // When
    boolean isNew = add(seen, event);

    // Then
    assertEquals(expected, isNew);
    assertEquals(expected ? Outcome.MERGED : Outcome.DUPLICATE_ID, event.outcome());
    assertEquals(expected ? 2 : 1, seen.count());
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
    // When
    int accepted =
        EightThreads.count(500, i -> seen.accept(Events.customers().event("m" + i, "1")));

    // Then
    assertEquals(500, accepted);
  }
}
