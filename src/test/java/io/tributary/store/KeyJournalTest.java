package io.tributary.store;

import static io.tributary.support.Repositories.add;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys by which duplicates are told, from one start to the next. */
class KeyJournalTest extends StoreCase {
  @Test
  void reopenedStore_knowsTheIds() {
    // Given
    Event seenContent = events.event("seen content", "1");
    seenContent.skip(Outcome.DUPLICATE_CONTENT);
    store.append(Stores.poll(events.event("merged", "1"), seenContent));
    Batch batch = Stores.complete(store, "EVT-1");
    store.settle(batch);
    SeenIds ids = seenIds(100);

    // When
    reopen(ids, seenContents(100), 100);

    // Then
    assertFalse(add(ids, events.event("merged", "2")));
    assertFalse(add(ids, events.event("seen content", "2")));
    assertTrue(add(ids, events.event("other", "2")));
  }

  @Test
  void reopenedStore_knowsTheLastContents() {
    // Given
    append("{\"id\":1,\"v\":\"old\"},{\"id\":2}");
    append("{\"id\":1,\"v\":\"new\"},{\"nameless\":true}");
    SeenContents contents = seenContents(100);

    // When
    reopen(seenIds(100), contents, 100);

    // Then
    assertFalse(add(contents, event("{\"v\":\"new\",\"id\":1}")));
    assertFalse(add(contents, event("{\"id\":2}")));
    assertFalse(add(contents, event("{\"id\":1,\"v\":\"new\"},{\"nameless\":true}")));
    assertTrue(add(contents, event("{\"id\":1,\"v\":\"old\"}")));
    assertTrue(add(contents, event("{\"nameless\":true}")));
  }

  @ParameterizedTest
  @EnumSource
  void reopenedStore_knowsTheContentsThatAreCompared(ContentDedupe mode) {
    // Given
    Events ofMode = new Events(mode, "products");
    SeenContents before = new SeenContents(mode, 9, Stores.TIME_TO_LIVE);
    String records = "{\"id\":1,\"v\":1}";
    reopen(seenIds(9), before, 9);
    store.append(Stores.poll(Stores.PRODUCTS, ofMode.event("a", records)));
    SeenContents contents = new SeenContents(mode, 9, Stores.TIME_TO_LIVE);

    // When
    reopen(seenIds(9), contents, 9);

    // Then
    assertEquals(mode == ContentDedupe.OFF, add(contents, ofMode.event("b", records)));
  }

  @Test
  void reopenedStore_hasForgottenWhatIsTooOld() {
    // Given
    store.append(Stores.poll(events.event("old", "{\"id\":1}")));
    clock.advance(Duration.ofMinutes(59));
    store.append(Stores.poll(events.event("young", "{\"id\":2}")));
    clock.advance(Duration.ofMinutes(2));
    SeenIds ids = seenIds(100);
    SeenContents contents = seenContents(100);

    // When
    reopen(ids, contents, 100);

    // Then
    assertTrue(add(ids, events.event("old", "1")));
    assertFalse(add(ids, events.event("young", "1")));
    assertTrue(add(contents, event("{\"id\":1}")));
    assertFalse(add(contents, event("{\"id\":2}")));
  }

  @Test
  void reopenedStore_knowsTheLastKeysAsLongAsThereAreNoMore() {
    // Given
    int size = 10;
    reopen(size);
    for (int i = 0; i < 50; i++) {
      store.append(Stores.poll(events.event("m" + i, "{\"id\":" + i + "}")));
    }
    SeenIds ids = seenIds(size);
    SeenContents contents = seenContents(size);

    // When
    reopen(ids, contents, size);

    // Then
    for (int i = 40; i < 50; i++) {
      assertFalse(add(ids, events.event("m" + i, "1")), "m" + i);
      assertFalse(add(contents, event("{\"id\":" + i + "}")), "entry " + i);
    }
    assertTrue(add(ids, events.event("m0", "1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "entry"})
  void journal_isBoundedByTheNumberOfKeys(String kind) throws Exception {
    // When
    reopen(10);
    for (int i = 0; i < 100; i++) {
      append("{\"id\":" + i + "}");
    }

    // Then
    assertEquals(10, rows("key_journal WHERE kind = '" + kind + "'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "entry"})
  void journal_isBoundedByTheTimeToLive(String kind) throws Exception {
    // When
    reopen(1_000);
    for (int i = 0; i < 120; i++) {
      append("{\"id\":" + i + "}");
      clock.advance(Duration.ofMinutes(6));
    }

    // Then
    assertEquals(10, rows("key_journal WHERE kind = '" + kind + "'"));
  }

  /** A kind of key that comes once keeps no row of the others. */
  @Test
  void journal_isBoundedWhenAKindOfKeyIsRare() throws Exception {
    // When
    reopen(10);
    append("{\"nameless\":true}");
    for (int i = 0; i < 100; i++) {
      append("{\"id\":" + i + "}");
    }

    // Then
    assertEquals(1, rows("key_journal WHERE kind = 'payload'"));
    assertEquals(10, rows("key_journal WHERE kind = 'entry'"));
  }

  /** Rows are superfluous as a whole: many keys in one row are kept until newer ones are enough. */
  @Test
  void journal_keepsARowUntilNewerKeysAreEnough() throws Exception {
    // When
    reopen(10);
    store.append(Stores.poll(Stream.generate(() -> event("1")).limit(30).toArray(Event[]::new)));
    for (int i = 0; i < 9; i++) {
      append("1");
    }

    // Then
    assertEquals(10, rows("key_journal WHERE kind = 'id'"));
    append("1");
    assertEquals(10, rows("key_journal WHERE kind = 'id'"));
    assertEquals(2, number("SELECT min(number) FROM key_journal WHERE kind = 'id'"));
  }
}
