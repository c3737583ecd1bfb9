package io.tributary.dedupe;

import static io.tributary.dedupe.ContentDedupe.LATEST;
import static io.tributary.dedupe.ContentDedupe.OFF;
import static io.tributary.dedupe.ContentDedupe.WINDOW;
import static io.tributary.support.Repositories.add;
import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.EightThreads;
import io.tributary.support.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which events say nothing new. */
class SeenContentsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String FIVE = entry("A=5");
  private static final String FOUR = entry("A=4");
  private static final String NAMELESS = entry("?=1");

  private final AtomicInteger lastId = new AtomicInteger();

  /**
   * Events in their order. {@code +} is one that is new, {@code -} a duplicate; each entry is
   * {@code id=value}, and {@code ?=value} has no id.
   */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the same again, and one that changes and changes back
          LATEST | +A=5  -A=5
          WINDOW | +A=5  -A=5
          OFF    | +A=5  +A=5
          LATEST | +A=5  +A=4  +A=5
          WINDOW | +A=5  +A=4  -A=5
          OFF    | +A=5  +A=4  +A=5
          # numbers are compared as they are written
          LATEST | +A=1  +A=1.0
          WINDOW | +A=1  +A=1.0
          # entries that came in several events, or in another order
          LATEST | +A=1,B=1  +C=1  -C=1,A=1
          WINDOW | +A=1,B=1  +B=1,A=1
          # one new entry among known ones is news, and replaces what was known
          LATEST | +A=1,B=1  +A=1,B=2  -B=2  +B=1
          # one that stands twice in an event is known as its last
          LATEST | +A=5,A=4  -A=4  +A=5
          # a duplicate changes nothing
          LATEST | +A=5  -A=5  +A=4  +A=5
          # entries without an id are compared with their whole event
          LATEST | +?=1  +?=2  -?=1  +?=1,?=1
          LATEST | +A=5  +?=1  +A=5,?=1  -A=5,?=1
          LATEST | +A=5  +A=4,?=1  -A=4  +A=5
          """)
  void history_hasTheseDuplicates(ContentDedupe mode, String history) {
    SeenContents seen = seen(mode);
    for (String step : history.split(" +")) {
      // Given
      Event event = event(mode, entries(step.substring(1)));

      // When
      boolean isNew = add(seen, event);

      // Then
      assertEquals(step.startsWith("+"), isNew, step);
      assertEquals(isNew ? Outcome.MERGED : Outcome.DUPLICATE_CONTENT, event.outcome());
    }
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
  @ValueSource(strings = {"{\"id\":null,\"v\":1}", "7", "[{\"id\":\"A\"}]", "null"})
  void latest_entryOfAnotherForm_hasNoId(String entry) {
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
  void window_emptyPayload_isADuplicateOfAnother() {
    // Given
    SeenContents seen = seen(WINDOW);
    boolean first = add(seen, event(WINDOW, ""));

    // When
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

  /** As above; {@code undo} takes back the event of a number, {@code store} keeps it from that. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LATEST | +A=5  undo:1  +A=5
          LATEST | +?=1  undo:1  +?=1
          LATEST | +A=5,?=1  undo:1  +A=5,?=1
          WINDOW | +A=5  undo:1  +A=5
          OFF    | +A=5  undo:1  +A=5
          # its entries go with a mixed event
          LATEST | +A=5,?=1  undo:1  +A=5
          # what is stored stays
          LATEST | +A=5  store:1  undo:1  -A=5
          LATEST | +?=1  store:1  undo:1  -?=1
          LATEST | +A=5,?=1  store:1  undo:1  -A=5,?=1
          # of a poll in which an entry changed twice nothing is left
          LATEST | +A=5  store:1  +A=4  +A=5  undo:2  undo:3  +A=4  +A=5
          # what another event has put in its place stays
          LATEST | +A=5  +A=4  undo:1  -A=4
          """)
  void historyOfPollsThatFail_hasTheseDuplicates(ContentDedupe mode, String history) {
    SeenContents seen = seen(mode);
    List<Event> events = new ArrayList<>();
    for (String step : history.split(" +")) {
      if (step.contains(":")) {
        Event event = events.get(Integer.parseInt(step.split(":")[1]) - 1);
        if (step.startsWith("store")) {
          event.markStored();
        } else {
          boolean undone = seen.remove(event.messageId());
          assertEquals(!event.isStored(), undone || mode == OFF, step);
        }
      } else {
        events.add(event(mode, entries(step.substring(1))));
        assertEquals(step.startsWith("+"), add(seen, events.get(events.size() - 1)), step);
      }
    }
  }

  /** The ID was forgotten for want of space in between, so it came through twice in one poll. */
  @Test
  void removedEventsOfOneId_areAllNewAgain() {
    // Given
    SeenContents seen = seen(LATEST);
    Events events = Events.customers();
    add(seen, events.event("same", FIVE));
    add(seen, events.event("same", "{\"id\":\"B\"}"));

    // When
    seen.remove("same");
    seen.remove("same");

    // Then
    assertTrue(add(seen, events.event("same", "{\"id\":\"B\"}")));
    assertTrue(add(seen, events.event("same", FIVE)), "it was never stored");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=5", "?=1"})
  void content_isNewAgainWhenItsTimeIsOver(String entry) {
    // Given
    SeenContents seen = new SeenContents(LATEST, 100, Duration.ofSeconds(1));
    add(seen, event(entries(entry)));

    // When
    boolean isNew = add(seen, event(entries(entry)));

    // Then
    assertFalse(isNew);
    await().pollInterval(Duration.ofMillis(50)).until(() -> add(seen, event(entries(entry))));
  }

  @ParameterizedTest
  @EnumSource(names = {"LATEST", "WINDOW"})
  void lastContents_areRememberedAndTheOldestForgotten(ContentDedupe mode) {
    // Given
    SeenContents seen = new SeenContents(mode, 100, HOUR);
    for (int i = 0; i < 500; i++) {
      add(seen, event(mode, "{\"id\":" + i + "}"));
    }

    for (int i = 400; i < 500; i++) {
      // When
      boolean isNew = seen.accept(event(mode, "{\"id\":" + i + "}"));

      // Then
      assertFalse(isNew, "entry " + i);
    }
    assertTrue(add(seen, event(mode, "{\"id\":0}")));
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
  void restoredEntry_isTheLatest() {
    // Given
    SeenContents seen = seen(LATEST);

    // When
    restore(seen, FIVE, Duration.ofMinutes(3));
    restore(seen, FOUR, Duration.ofMinutes(2));

    // Then
    assertFalse(add(seen, event(FOUR)));
    assertTrue(add(seen, event(FIVE)));
  }

  @Test
  void restoredEntry_livesForWhatIsLeftOfItsTime() {
    // Given
    SeenContents seen = seen(LATEST);

    // When
    restore(seen, FIVE, HOUR.plusSeconds(1));
    restore(seen, "{\"id\":\"B\"}", HOUR.minusMinutes(1));

    // Then
    assertTrue(add(seen, event(FIVE)));
    assertFalse(add(seen, event("{\"id\":\"B\"}")));
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
    SeenContents seen = seen(mode);
    String entries = "{\"id\":%1$d},{\"id\":\"x\",\"v\":%1$d}";

    // When
    int accepted = EightThreads.count(300, i -> seen.accept(event(mode, entries.formatted(i))));

    // Then
    assertEquals(300, accepted);
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

  private static String entries(String words) {
    return Stream.of(words.split(",")).map(SeenContentsTest::entry).collect(joining(","));
  }

  private static String entry(String word) {
    String[] parts = word.split("=");
    String id = parts[0].equals("?") ? "" : "\"id\":\"" + parts[0] + "\",";
    return "{" + id + "\"v\":" + parts[1] + "}";
  }

  private void restore(SeenContents seen, String record, Duration age) {
    Event.Payload payload = event(record).payload();
    assertNotNull(payload);
    Event.Entry entry = payload.entries().get(0);
    assertNotNull(entry.id());
    seen.restoreEntry(entry.id(), entry.value(), age);
  }
}
