package io.tributary.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.DeadLetter;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.event.Reason;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollTest {
  private final Events events = Events.customers();

  @Test
  void outcomes_areCounted() {
    // Given
    Poll poll =
        Stores.poll(
            events.event("a", "1"),
            events.event("b", "1"),
            skipped(Outcome.DUPLICATE_ID),
            skipped(Outcome.DUPLICATE_ID),
            skipped(Outcome.DUPLICATE_CONTENT));

    // When
    poll.add(deadLetter());

    // Then
    assertEquals(
        Map.of(
            Outcome.MERGED, 2,
            Outcome.DEAD_LETTER, 1,
            Outcome.DUPLICATE_ID, 2,
            Outcome.DUPLICATE_CONTENT, 1),
        poll.outcomes());
  }

  @Test
  void pollWithoutRecords_hasNothing() {
    // When
    Poll poll = new Poll(3, Stores.CUSTOMERS, Map.of());

    // Then
    assertEquals(Map.of(), poll.outcomes());
    assertFalse(poll.hasDeadLetters());
    assertEquals(3, poll.recordsRead());
    assertEquals("", poll.topic());
    assertEquals(0, poll.contribution().messages());
  }

  @Test
  void deadLetters_areKeptApart() {
    // Given
    DeadLetter deadLetter = deadLetter();
    Poll poll = Stores.poll(events.event("a", "1"));

    // When
    poll.add(deadLetter);

    // Then
    assertTrue(poll.hasDeadLetters());
    assertEquals(List.of(deadLetter), poll.deadLetters());
    assertEquals(1, poll.events().size());
    assertEquals("customer_data", poll.topic());
  }

  @Test
  void duplicates_areNotMergedAndThoseByContentAreRememberedByTheirIds() {
    // Given
    Event merged = events.event("a", "1");
    Event sameContent = skipped(Outcome.DUPLICATE_CONTENT);
    Event sameId = skipped(Outcome.DUPLICATE_ID);
    Poll poll = Stores.poll(sameContent, merged, sameId);

    // When
    poll.markStored();

    // Then
    assertTrue(merged.isStored());
    assertTrue(sameContent.isStored());
    assertFalse(sameId.isStored());
    assertEquals(1, poll.contribution().messages());
    assertEquals(merged.source().offset(), poll.contribution().fragments().get(0).firstOffset());
  }

  @Test
  void eventsThatArePassedOver_countAsDuplicatesByIdAndAddNothing() {
    // Given a poll that has been asked for what it adds
    Event old = events.event("old", "1");
    Event next = events.event("next", "2");
    Poll poll = Stores.poll(old, next);
    assertEquals(2, poll.contribution().messages());

    // When
    poll.passOver(event -> event == old);

    // Then
    assertEquals(Map.of(Outcome.DUPLICATE_ID, 1, Outcome.MERGED, 1), poll.outcomes());
    assertEquals(1, poll.contribution().messages());
  }

  @ParameterizedTest
  @CsvSource({
    "MERGED, merged",
    "DUPLICATE_ID, duplicate_id",
    "DUPLICATE_CONTENT, duplicate_content",
    "DEAD_LETTER, dead_letter"
  })
  void outcome_hasTheContractsLabel(Outcome outcome, String label) {
    // When
    String actual = outcome.label();

    // Then
    assertEquals(label, actual);
  }

  private Event skipped(Outcome outcome) {
    Event event = events.event("any", "1");
    event.skip(outcome);
    return event;
  }

  private DeadLetter deadLetter() {
    return new DeadLetter(
        events.record(0, 1, "oops".getBytes(UTF_8)), Reason.NOT_JSON, "at byte 1");
  }
}
