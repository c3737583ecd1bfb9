package io.tributary.dedupe;

import static io.tributary.dedupe.ContentDedupe.LATEST;
import static io.tributary.dedupe.ContentDedupe.OFF;
import static io.tributary.dedupe.ContentDedupe.WINDOW;
import static io.tributary.support.Repositories.add;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeenContentsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String FIVE = "{\"id\":\"P1\",\"stock\":5}";
  private static final String FOUR = "{\"id\":\"P1\",\"stock\":4}";
  private static final String NAMELESS = "{\"stock\":1}";

  private final AtomicInteger lastId = new AtomicInteger();

  @ParameterizedTest
  @CsvSource({"LATEST, true", "WINDOW, false", "OFF, true"})
  void valueThatChangesBack_isNewUnlessAWindowIsCompared(ContentDedupe mode, boolean expected) {
    // Given
    SeenContents seen = seen(mode);
    add(seen, event(mode, FIVE));
    add(seen, event(mode, FOUR));

    // When
    boolean isNew = add(seen, event(mode, FIVE));

    // Then
    assertEquals(expected, isNew);
  }

  @ParameterizedTest
  @CsvSource({"LATEST, false", "WINDOW, false", "OFF, true"})
  void sameValueAgain_isADuplicateUnlessNothingIsCompared(ContentDedupe mode, boolean expected) {
    // Given
    SeenContents seen = seen(mode);
    add(seen, event(mode, FIVE));
    Event again = event(mode, FIVE);

    // When
    boolean isNew = add(seen, again);

    // Then
    assertEquals(expected, isNew);
    assertEquals(expected ? Outcome.MERGED : Outcome.DUPLICATE_CONTENT, again.outcome());
  }

  @ParameterizedTest
  @EnumSource(names = {"LATEST", "WINDOW"})
  void valueWrittenInAnotherWay_isTheSame(ContentDedupe mode) {
    // Given
    SeenContents seen = seen(mode);
    add(seen, event(mode, "{\"id\":\"P/1\",\"stock\":5,\"name\":\"é\"}"));

    // When
    boolean isNew =
        add(seen, event(mode, " { \"name\" : \"\\u00e9\", \"stock\":5 ,\"id\":\"P\\/1\" } "));

    // Then
    assertFalse(isNew);
  }

  @ParameterizedTest
  @EnumSource(names = {"LATEST", "WINDOW"})
  void otherNumberText_isAnotherValue(ContentDedupe mode) {
    // Given
    SeenContents seen = seen(mode);
    add(seen, event(mode, "{\"id\":\"P1\",\"stock\":1}"));

    // When
    boolean isNew = add(seen, event(mode, "{\"id\":\"P1\",\"stock\":1.0}"));

    // Then
    assertTrue(isNew);
  }

  @Test
  void latest_entriesKnownFromSeveralEvents_sayNothingNew() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event("{\"id\":1,\"v\":1},{\"id\":2,\"v\":1}"));
    add(seen, event("{\"id\":3,\"v\":1}"));

    // When
    boolean isNew = add(seen, event("{\"id\":3,\"v\":1},{\"id\":1,\"v\":1}"));

    // Then
    assertFalse(isNew);
  }

  @Test
  void window_entriesKnownFromSeveralEvents_areANewPayload() {
    // Given
    SeenContents seen = seen(WINDOW);
    add(seen, event(WINDOW, "{\"id\":1,\"v\":1},{\"id\":2,\"v\":1}"));

    // When
    boolean isNew = add(seen, event(WINDOW, "{\"id\":2,\"v\":1},{\"id\":1,\"v\":1}"));

    // Then
    assertTrue(isNew);
  }

  @Test
  void latest_oneNewEntryAmongKnownOnes_isNews() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event("{\"id\":1,\"v\":1},{\"id\":2,\"v\":1}"));

    // When
    boolean isNew = add(seen, event("{\"id\":1,\"v\":1},{\"id\":2,\"v\":2}"));

    // Then
    assertTrue(isNew);
    assertFalse(add(seen, event("{\"id\":2,\"v\":2}")), "and replaces what was known");
    assertTrue(add(seen, event("{\"id\":2,\"v\":1}")));
  }

  @Test
  void latest_entryThatStandsTwice_isKnownAsItsLast() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(FIVE + "," + FOUR));

    // When
    boolean isNew = add(seen, event(FOUR));

    // Then
    assertFalse(isNew);
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void latest_duplicate_changesNothing() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(FIVE));
    add(seen, event(FIVE));

    // When
    boolean isNew = add(seen, event(FOUR));

    // Then
    assertTrue(isNew);
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void latest_sameEntryOnAnotherTopic_isNew() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, new Events(LATEST, "customer_data").event("a", FIVE));

    // When
    boolean isNew = add(seen, new Events(LATEST, "inventory_data").event("b", FIVE));

    // Then
    assertTrue(isNew);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"stock\":1}", "{\"id\":null,\"stock\":1}", "7", "[{\"id\":\"P1\"}]", "null"})
  void latest_entryWithoutId_isComparedWithinThePayload(String entry) {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(entry));
    add(seen, event("\"another\""));

    // When
    boolean isNew = add(seen, event(entry));

    // Then
    assertFalse(isNew);
    assertTrue(add(seen, event(entry + "," + entry)), "another payload");
  }

  @Test
  void latest_idNullAndNoId_areTwoValues() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event("{\"id\":null}"));

    // When
    boolean isNew = add(seen, event("{}"));

    // Then
    assertTrue(isNew);
  }

  @Test
  void latest_mixedPayload_updatesItsEntriesThatHaveAnId() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(FIVE));
    add(seen, event(FOUR + "," + NAMELESS));

    // When
    boolean isNew = add(seen, event(FOUR));

    // Then
    assertFalse(isNew);
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void latest_mixedPayload_isComparedWhole() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(FIVE));
    add(seen, event(NAMELESS));

    // When
    boolean isNew = add(seen, event(FIVE + "," + NAMELESS));

    // Then
    assertTrue(isNew, "its entries are known, but not this payload");
    assertFalse(add(seen, event(FIVE + "," + NAMELESS)));
  }

  @Test
  void window_emptyPayload_isADuplicateOfAnother() {
    // Given
    SeenContents seen = seen(WINDOW);

    // When
    boolean first = add(seen, event(WINDOW, ""));
    boolean second = add(seen, event(WINDOW, ""));

    // Then
    assertTrue(first);
    assertFalse(second);
  }

  @Test
  void off_remembersNothing() {
    // Given
    SeenContents seen = seen(OFF);

    // When
    add(seen, event(OFF, FIVE));

    // Then
    assertEquals(0, seen.count());
  }

  @ParameterizedTest
  @ValueSource(strings = {FIVE, NAMELESS, FIVE + "," + NAMELESS})
  void removedEvent_isNewAgain(String records) {
    // Given
    SeenContents seen = seen(LATEST);
    Event event = event(records);
    add(seen, event);

    // When
    boolean removed = seen.remove(event.messageId());

    // Then
    assertTrue(removed);
    assertTrue(add(seen, event(records)));
  }

  @Test
  void removedEvent_takesItsEntriesAlongInAMixedPayload() {
    // Given
    SeenContents seen = seen(LATEST);
    Event mixed = event(FIVE + "," + NAMELESS);
    add(seen, mixed);

    // When
    seen.remove(mixed.messageId());

    // Then
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void window_removedEvent_isNewAgain() {
    // Given
    SeenContents seen = seen(WINDOW);
    Event event = event(WINDOW, FIVE);
    add(seen, event);

    // When
    seen.remove(event.messageId());

    // Then
    assertTrue(add(seen, event(WINDOW, FIVE)));
  }

  @Test
  void off_remove_doesNoHarm() {
    // Given
    SeenContents seen = seen(OFF);
    Event event = event(OFF, FIVE);
    add(seen, event);

    // When
    seen.remove(event.messageId());

    // Then
    assertTrue(add(seen, event(OFF, FIVE)));
  }

  @ParameterizedTest
  @ValueSource(strings = {FIVE, NAMELESS, FIVE + "," + NAMELESS})
  void removedEventThatIsStored_staysKnown(String records) {
    // Given
    SeenContents seen = seen(LATEST);
    Event event = event(records);
    add(seen, event);
    event.markStored();

    // When
    boolean removed = seen.remove(event.messageId());

    // Then
    assertFalse(removed);
    assertFalse(add(seen, event(records)));
  }

  @Test
  void removedPoll_leavesNothingOfWhatFollowedEachOther() {
    // Given
    SeenContents seen = seen(LATEST);
    Event stored = event(FIVE);
    add(seen, stored);
    stored.markStored();
    Event four = event(FOUR);
    Event five = event(FIVE);
    add(seen, four);
    add(seen, five);

    // When
    seen.remove(four.messageId());
    seen.remove(five.messageId());

    // Then
    assertTrue(add(seen, event(FOUR)));
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void removedEvent_leavesWhatAnotherHasPutInItsPlace() {
    // Given
    SeenContents seen = seen(LATEST);
    Event failed = event(FIVE);
    add(seen, failed);
    add(seen, event(FOUR));

    // When
    seen.remove(failed.messageId());

    // Then
    assertFalse(add(seen, event(FOUR)));
  }

  /** The ID was forgotten for want of space in between, so it came through twice in one poll. */
  @Test
  void removedEventsOfOneId_areAllNewAgain() {
    // Given
    SeenContents seen = seen(LATEST);
    Events events = Events.customers();
    add(seen, events.event("same", FIVE));
    add(seen, events.event("same", "{\"id\":\"P2\"}"));

    // When
    seen.remove("same");
    seen.remove("same");

    // Then
    assertTrue(add(seen, events.event("same", "{\"id\":\"P2\"}")));
    assertTrue(add(seen, events.event("same", FIVE)), "it was never stored");
  }

  @ParameterizedTest
  @ValueSource(strings = {FIVE, NAMELESS})
  void content_isNewAgainWhenItsTimeIsOver(String records) {
    // Given
    SeenContents seen = new SeenContents(LATEST, 100, Duration.ofSeconds(1));
    add(seen, event(records));

    // When
    boolean isNew = add(seen, event(records));

    // Then
    assertFalse(isNew);
    await().pollInterval(Duration.ofMillis(50)).until(() -> add(seen, event(records)));
  }

  @Test
  void lastEntries_areRememberedAndTheOldestForgotten() {
    // Given
    SeenContents seen = new SeenContents(LATEST, 100, HOUR);
    for (int i = 0; i < 500; i++) {
      add(seen, event("{\"id\":" + 2 * i + "},{\"id\":" + (2 * i + 1) + "}"));
    }

    for (int i = 900; i < 1_000; i++) {
      // When
      boolean isNew = seen.accept(event("{\"id\":" + i + "}"));

      // Then
      assertFalse(isNew, "entry " + i);
    }
    assertTrue(add(seen, event("{\"id\":0}")));
    assertTrue(seen.count() <= 101, "bounded: " + seen.count());
  }

  @Test
  void entryThatIsWrittenAgain_becomesTheNewest() {
    // Given
    SeenContents seen = new SeenContents(LATEST, 100, HOUR);
    for (int i = 0; i < 100; i++) {
      add(seen, event("{\"id\":" + i + "}"));
    }

    // When
    add(seen, event("{\"id\":0,\"v\":1}"));

    // Then
    for (int i = 100; i < 199; i++) {
      add(seen, event("{\"id\":" + i + "}"));
    }
    assertFalse(add(seen, event("{\"id\":0,\"v\":1}")), "the last 100 are remembered");
  }

  @Test
  void lastPayloads_areRememberedAndTheOldestForgotten() {
    // Given
    SeenContents seen = new SeenContents(WINDOW, 100, HOUR);
    for (int i = 0; i < 500; i++) {
      add(seen, event(WINDOW, "{\"id\":" + i + "}"));
    }

    for (int i = 400; i < 500; i++) {
      // When
      boolean isNew = seen.accept(event(WINDOW, "{\"id\":" + i + "}"));

      // Then
      assertFalse(isNew, "payload " + i);
    }
    assertTrue(add(seen, event(WINDOW, "{\"id\":0}")));
    assertTrue(seen.count() <= 101, "bounded: " + seen.count());
  }

  @Test
  void restoredEntry_isTheLatest() {
    // Given
    SeenContents seen = seen(LATEST);
    Event.Entry before = entry(FIVE);
    Event.Entry latest = entry(FOUR);
    assertNotNull(before.id());

    // When
    seen.restoreEntry(before.id(), before.value(), Duration.ofMinutes(3));
    seen.restoreEntry(before.id(), latest.value(), Duration.ofMinutes(2));

    // Then
    assertFalse(add(seen, event(FOUR)));
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void restoredEntry_livesForWhatIsLeftOfItsTime() {
    // Given
    SeenContents seen = seen(LATEST);
    Event.Entry over = entry(FIVE);
    Event.Entry young = entry("{\"id\":\"P2\"}");
    assertNotNull(over.id());
    assertNotNull(young.id());

    // When
    seen.restoreEntry(over.id(), over.value(), HOUR.plusSeconds(1));
    seen.restoreEntry(young.id(), young.value(), HOUR.minusMinutes(1));

    // Then
    assertTrue(add(seen, event(FIVE)));
    assertFalse(add(seen, event("{\"id\":\"P2\"}")));
  }

  @Test
  void restoredPayload_isADuplicateUntilItsTimeIsOver() {
    // Given
    SeenContents seen = seen(LATEST);
    Event old = event(NAMELESS);
    Event young = event("[1]");
    assertNotNull(old.payload());
    assertNotNull(young.payload());

    // When
    seen.restorePayload(old.payload().whole(), HOUR.plusSeconds(1));
    seen.restorePayload(young.payload().whole(), HOUR.minusMinutes(1));

    // Then
    assertTrue(add(seen, old));
    assertFalse(add(seen, young));
  }

  @Test
  void clear_forgetsAll() {
    // Given
    SeenContents seen = seen(LATEST);
    add(seen, event(FIVE));
    add(seen, event(NAMELESS));

    // When
    seen.clear();

    // Then
    assertEquals(0, seen.count());
    assertTrue(add(seen, event(FIVE)));
    assertTrue(add(seen, event(NAMELESS)));
  }

  @ParameterizedTest
  @EnumSource(names = {"LATEST", "WINDOW"})
  void sameContentFromEightThreads_isNewOnce(ContentDedupe mode) throws Exception {
    // Given
    int rounds = 300;
    SeenContents seen = seen(mode);
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
                  Event event = event(mode, "{\"id\":" + i + "},{\"id\":\"x\",\"v\":" + i + "}");
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

  private static SeenContents seen(ContentDedupe mode) {
    return new SeenContents(mode, 1_000, HOUR);
  }

  private Event event(String records) {
    return event(LATEST, records);
  }

  private Event event(ContentDedupe mode, String records) {
    return new Events(mode, "products").event("m" + lastId.incrementAndGet(), records);
  }

  private Event.Entry entry(String record) {
    Event.Payload payload = event(record).payload();
    assertNotNull(payload);
    return payload.entries().get(0);
  }
}
