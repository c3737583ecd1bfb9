package io.tributary.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.store.Store;
import io.tributary.support.Events;
import io.tributary.support.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeWindowTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Section CUSTOMERS = new Section("customers", "customerCount");

  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  private Store store;
  private MergeWindow window;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    store = reopened();
    window = new MergeWindow(store, clock, Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void withoutABatch_isNotOver() {
    // Given
    clock.advance(HOUR);

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertFalse(isOver);
  }

  /** It is looked at every 100 ms, and must not be late. */
  @ParameterizedTest
  @CsvSource({"0, false", "29_000, false", "29_899, false", "29_900, true", "30_000, true"})
  void afterSomeTime_isOver(String millis, boolean expected) {
    // Given
    append("m");
    clock.advance(Duration.ofMillis(Long.parseLong(millis.replace("_", ""))));

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertEquals(expected, isOver);
  }

  @Test
  void valueThatIsNoNumber_leavesItAsItWas() {
    // Given
    append("m");
    assertFalse(window.isOver("10"));
    clock.advance(Duration.ofSeconds(10));

    // When
    boolean isOver = window.isOver("1O");

    // Then
    assertTrue(isOver);
    assertEquals(Duration.ofSeconds(10), window.longest());
  }

  @Test
  void clockThatIsSetBack_endsItOnce() {
    // Given
    append("a");
    clock.advance(Duration.ofSeconds(20));
    assertFalse(window.isOver("30"));

    // When
    clock.advance(Duration.ofSeconds(-10));

    // Then
    assertTrue(window.isOver("30"));
    store.complete(new Batch.Completion("EVT-1", "now", "t", "1"), List.of(CUSTOMERS));
    append("b");
    assertFalse(window.isOver("30"));
  }

  @Test
  void laterMessages_doNotProlongIt() {
    // Given
    for (int i = 0; i < 30; i++) {
      append("m" + i);
      clock.advance(Duration.ofSeconds(1));
    }

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertTrue(isOver);
  }

  @Test
  void nextBatch_hasItsOwnWindow() {
    // Given
    append("a");
    clock.advance(HOUR);
    store.complete(new Batch.Completion("EVT-1", "now", "t", "1"), List.of(CUSTOMERS));
    append("b");
    clock.advance(Duration.ofSeconds(29));

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertFalse(isOver);
  }

  @Test
  void batchOfDuplicatesAlone_isNotOver() {
    // Given
    Fragment duplicates = new Fragment(CUSTOMERS);
    duplicates.remember(Events.customers().event("m", "1"));
    store.append(duplicates);
    clock.advance(HOUR);

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertFalse(isOver);
  }

  @Test
  void restart_doesNotProlongIt() {
    // Given
    append("m");
    store.close();
    clock.advance(HOUR);
    store = reopened();

    // When
    boolean isOver = new MergeWindow(store, clock, Duration.ofSeconds(30)).isOver("30");

    // Then
    assertTrue(isOver);
  }

  @Test
  void shortestWindow_isOverAtOnce() {
    // Given
    append("m");

    // When
    boolean isOver = window.isOver("0.1");

    // Then
    assertTrue(isOver);
  }

  @Test
  void storeThatCannotBeWritten_isNotOver() {
    // Given
    append("m");
    clock.advance(HOUR);
    store.close();

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertFalse(isOver);
  }

  private void append(String messageId) {
    Fragment fragment = new Fragment(CUSTOMERS);
    fragment.merge(Events.customers().event(messageId, "1"));
    store.append(fragment);
  }

  private Store reopened() {
    SeenContents contents = new SeenContents(ContentDedupe.LATEST, 100, HOUR);
    return Store.open(folder, new SeenIds(100, HOUR), contents, 100, HOUR, clock);
  }
}
