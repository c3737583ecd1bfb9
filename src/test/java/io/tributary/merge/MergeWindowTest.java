package io.tributary.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.Events;
import io.tributary.support.MutableClock;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeWindowTest {
  private static final Duration HOUR = Duration.ofHours(1);

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
    Stores.complete(store, "EVT-1");
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
    Stores.complete(store, "EVT-1");
    append("b");
    clock.advance(Duration.ofSeconds(29));

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
    assertThrows(StoreException.class, () -> append("n"));

    // When
    boolean isOver = window.isOver("30");

    // Then
    assertFalse(isOver);
  }

  private void append(String messageId) {
    store.append(Stores.poll(Events.customers().event(messageId, "1")));
  }

  private Store reopened() {
    return Stores.in(folder).clock(clock).open();
  }
}
