package io.tributary.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.deadletter.DeadLetter;
import io.tributary.deadletter.Reason;
import io.tributary.merge.Fragment;
import io.tributary.merge.Limits;
import io.tributary.merge.Section;
import io.tributary.support.Events;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Limits WIDE = new Limits(1_000, 1_000_000);

  private final Events events = Events.customers();

  @Test
  void newPoll_hasNothing() {
    // When
    Poll poll = new Poll(3, CUSTOMERS, WIDE);

    // Then
    assertEquals(List.of(), poll.fragments());
    assertEquals(List.of(), poll.deadLetters());
    assertFalse(poll.hasDeadLetters());
    assertEquals(Map.of(), poll.offsets());
    assertEquals(Map.of(), poll.outcomes());
    assertEquals(3, poll.recordsRead());
    assertEquals("", poll.topic());
    assertEquals(CUSTOMERS, poll.section());
  }

  @Test
  void eventsThatFit_makeOneFragmentInTheirOrder() {
    // Given
    Poll poll = new Poll(3, CUSTOMERS, WIDE);
    List<Event> all =
        List.of(events.event("a", "1"), events.event("b", "2,3"), events.event("c", ""));

    // When
    all.forEach(poll::add);

    // Then
    Fragment fragment = only(poll);
    assertEquals(all, fragment.merged());
    assertEquals(CUSTOMERS, fragment.section());
    assertEquals(3, fragment.messages());
    assertEquals(3, fragment.records());
    assertEquals("1,".length() + "2,3,".length(), fragment.payloadBytes());
    assertEquals("customer_data", poll.topic());
  }

  @Test
  void fragments_areCutByMessages() {
    // Given
    Poll poll = new Poll(7, CUSTOMERS, new Limits(3, 1_000));

    // When
    for (int i = 0; i < 7; i++) {
      poll.add(events.event("m" + i, "1"));
    }

    // Then
    assertEquals(List.of(3, 3, 1), poll.fragments().stream().map(Fragment::messages).toList());
    assertEquals(
        List.of("m0", "m1", "m2", "m3", "m4", "m5", "m6"),
        poll.fragments().stream().flatMap(f -> f.merged().stream()).map(Event::messageId).toList());
  }

  /** Each record has 9 bytes, and a comma after it. */
  @ParameterizedTest
  @CsvSource({"30, 3 3 1", "39, 3 3 1", "29, 2 2 2 1", "10, 1 1 1 1 1 1 1", "9, 1 1 1 1 1 1 1"})
  void fragments_areCutByBytes(long maxBytes, String expected) {
    // Given
    Poll poll = new Poll(7, CUSTOMERS, new Limits(1_000, maxBytes));

    // When
    for (int i = 0; i < 7; i++) {
      poll.add(events.event("m" + i, "123456789"));
    }

    // Then
    List<String> messages = poll.fragments().stream().map(f -> "" + f.messages()).toList();
    assertEquals(expected, String.join(" ", messages));
  }

  @Test
  void eventLargerThanABatch_hasAFragmentOfItsOwn() {
    // Given
    Poll poll = new Poll(3, CUSTOMERS, new Limits(1_000, 20));

    // When
    poll.add(events.event("small", "1"));
    poll.add(events.event("large", "\"" + "x".repeat(100) + "\""));
    poll.add(events.event("next", "2"));

    // Then
    assertEquals(List.of(1, 1, 1), poll.fragments().stream().map(Fragment::messages).toList());
  }

  @Test
  void noRoomAtAll_stillGivesEachEventAFragment() {
    // Given
    Poll poll = new Poll(2, CUSTOMERS, new Limits(1_000, -500));

    // When
    poll.add(events.event("a", "1"));
    poll.add(events.event("b", "2"));

    // Then
    assertEquals(List.of(1, 1), poll.fragments().stream().map(Fragment::messages).toList());
  }

  @Test
  void offsets_areOneAfterTheLastOfEachPartition() {
    // Given
    Poll poll = new Poll(6, CUSTOMERS, WIDE);

    // When
    poll.add(events.at(0, 10, "a", "1"));
    poll.add(events.at(0, 11, "b", "2"));
    poll.add(events.at(2, 5, "c", "3"));
    poll.add(skipped(events.at(2, 9, "a", "1"), Outcome.DUPLICATE_ID));
    poll.add(deadLetter(1, 99));

    // Then
    assertEquals(offsets(Map.of(0, 12L, 2, 10L, 1, 100L)), poll.offsets());
    assertEquals(poll.offsets(), poll.offsets(), "asked twice");
  }

  @Test
  void offsets_ofPartitionsThatTakeTurns_areTheLast() {
    // Given
    Poll poll = new Poll(5, CUSTOMERS, WIDE);

    // When
    poll.add(events.at(0, 1, "a", "1"));
    poll.add(events.at(1, 1, "b", "1"));
    poll.add(events.at(0, 2, "c", "1"));
    poll.add(events.at(1, 2, "d", "1"));
    poll.add(events.at(0, 3, "e", "1"));

    // Then
    assertEquals(offsets(Map.of(0, 4L, 1, 3L)), poll.offsets());
  }

  @Test
  void outcomes_areCounted() {
    // Given
    Poll poll = new Poll(7, CUSTOMERS, WIDE);

    // When
    poll.add(events.event("a", "1"));
    poll.add(events.event("b", "1"));
    poll.add(deadLetter(0, 1));
    poll.add(skipped(events.event("a", "1"), Outcome.DUPLICATE_ID));
    poll.add(skipped(events.event("a", "1"), Outcome.DUPLICATE_ID));
    poll.add(skipped(events.event("a", "1"), Outcome.DUPLICATE_ID));
    poll.add(skipped(events.event("c", "1"), Outcome.DUPLICATE_CONTENT));

    // Then
    assertEquals(
        Map.of(
            Outcome.MERGED, 2,
            Outcome.DEAD_LETTER, 1,
            Outcome.DUPLICATE_ID, 3,
            Outcome.DUPLICATE_CONTENT, 1),
        poll.outcomes());
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

  @Test
  void deadLetters_areKeptApart() {
    // Given
    Poll poll = new Poll(2, CUSTOMERS, WIDE);
    DeadLetter deadLetter = deadLetter(0, 1);

    // When
    poll.add(deadLetter);

    // Then
    assertTrue(poll.hasDeadLetters());
    assertSame(deadLetter, poll.deadLetters().get(0));
    assertEquals(List.of(), poll.fragments());
  }

  @Test
  void duplicatesById_leaveNothingToStore() {
    // Given
    Poll poll = new Poll(1, CUSTOMERS, WIDE);

    // When
    poll.add(skipped(events.event("a", "1"), Outcome.DUPLICATE_ID));

    // Then
    assertEquals(List.of(), poll.fragments());
    assertEquals(offsets(Map.of(0, 1L)), poll.offsets());
  }

  @Test
  void duplicateByContent_isOnlyRemembered() {
    // Given
    Poll poll = new Poll(2, CUSTOMERS, WIDE);
    Event merged = events.event("a", "1");
    Event duplicate = skipped(events.event("b", "1"), Outcome.DUPLICATE_CONTENT);

    // When
    poll.add(duplicate);
    poll.add(merged);

    // Then
    Fragment fragment = only(poll);
    assertEquals(List.of(duplicate), fragment.remembered());
    assertEquals(List.of(merged), fragment.merged());
    assertEquals(1, fragment.messages());
    assertEquals(1, fragment.records());
    assertEquals(2, fragment.payloadBytes());
  }

  private static Fragment only(Poll poll) {
    assertEquals(1, poll.fragments().size());
    return poll.fragments().get(0);
  }

  private static Event skipped(Event event, Outcome outcome) {
    event.skip(outcome);
    return event;
  }

  private DeadLetter deadLetter(int partition, long offset) {
    return new DeadLetter(
        events.record(partition, offset, "oops".getBytes(UTF_8)), Reason.NOT_JSON, "at byte 1");
  }

  private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<Integer, Long> byPartition) {
    return byPartition.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> new TopicPartition("customer_data", entry.getKey()),
                entry -> new OffsetAndMetadata(entry.getValue())));
  }
}
