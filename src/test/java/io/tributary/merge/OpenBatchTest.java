package io.tributary.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.CompletionReason;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.CamelContexts;
import io.tributary.support.Events;
import io.tributary.support.MutableClock;
import io.tributary.support.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenBatchTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");
  private final CamelContext context = CamelContexts.notStarted();
  private String route;
  private Store store;
  private OpenBatch batch;

  @TempDir Path folder;

  @BeforeEach
  void open() throws IOException {
    route = Files.readString(Path.of("routes", "merge.camel.yaml"));
    store = reopened();
    batch = openBatch();
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
    boolean isOver = isOver(30_000);

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
    boolean isOver = isOver(30_000);

    // Then
    assertEquals(expected, isOver);
  }

  @Test
  void clockThatIsSetBack_endsItOnce() {
    // Given
    append("a");
    clock.advance(Duration.ofSeconds(20));
    assertFalse(isOver(30_000));

    // When
    clock.advance(Duration.ofSeconds(-10));

    // Then
    assertTrue(isOver(30_000));
    assertEquals(CompletionReason.WINDOW, batch.reasonWhenForced());
    Stores.complete(store, "EVT-1");
    append("b");
    assertFalse(isOver(30_000));
  }

  @Test
  void laterMessages_doNotProlongIt() {
    // Given
    for (int i = 0; i < 30; i++) {
      append("m" + i);
      clock.advance(Duration.ofSeconds(1));
    }

    // When
    boolean isOver = isOver(30_000);

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
    boolean isOver = isOver(30_000);

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
    batch = openBatch();
    boolean isOver = isOver(30_000);

    // Then
    assertTrue(isOver);
  }

  @Test
  void shortestWindow_isOverAtOnce() {
    // Given
    append("m");

    // When
    boolean isOver = isOver(100);

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
    boolean isOver = isOver(30_000);

    // Then
    assertFalse(isOver);
  }

  /** Of a batch for ten messages, which takes 30 s when it is empty, and 10 s when it is full. */
  @ParameterizedTest
  @CsvSource({"1, 28_000", "5, 20_000", "9, 12_000", "10, 10_000"})
  void fullerBatch_hasAShorterWindow(int messages, String window) {
    // Given
    for (int i = 0; i < messages; i++) {
      append("m" + i);
    }

    // When
    clock.advance(Duration.ofMillis(Long.parseLong(window.replace("_", "")) - 101));
    boolean before = isOver(30_000, 10_000);
    clock.advance(Duration.ofMillis(1));
    boolean then = isOver(30_000, 10_000);

    // Then
    assertFalse(before);
    assertTrue(then);
  }

  @Test
  void bytes_shortenTheWindowAsMessagesDo() {
    // Given
    append("m");
    double fill = (double) store.open().payloadBytes() / limits(1000, 1000).now().maxPayloadBytes();
    batch = new OpenBatch(store, limits(1000, 1000), Duration.ofSeconds(30), clock);

    // When
    long window = batch.windowMillis(30_000, 10_000);

    // Then
    assertTrue(fill > 0);
    assertEquals(Math.round(30_000 - 20_000 * fill), window);
    assertEquals(window, batch.windowMillis());
  }

  @Test
  void batchThatIsCompletedEarly_wasWantedByAnOperator() {
    // Given
    append("m");
    batch.windowMillis(30_000, 30_000);

    // When
    clock.advance(Duration.ofSeconds(29));
    CompletionReason early = batch.reasonWhenForced();
    clock.advance(Duration.ofSeconds(1));
    CompletionReason inTime = batch.reasonWhenForced();

    // Then
    assertEquals(CompletionReason.OPERATOR, early);
    assertEquals(CompletionReason.WINDOW, inTime);
  }

  private OpenBatch openBatch() {
    return new OpenBatch(store, limits(10, 1_000_000), Duration.ofSeconds(30), clock);
  }

  private BatchLimits limits(int messages, int bytes) {
    Settings settings =
        Settings.from(
            setting ->
                setting == Setting.MERGE_MAX_MESSAGES
                    ? String.valueOf(messages)
                    : setting == Setting.MERGE_MAX_BYTES ? String.valueOf(bytes) : null);
    return new BatchLimits(settings, new Sections(context));
  }

  private boolean isOver(long window) {
    return isOver(window, window);
  }

  /** What the shipped route asks, with this window. */
  private boolean isOver(long empty, long full) {
    String filter =
        Pattern.compile("expression: \"(.*openBatch.*)\"")
            .matcher(route)
            .results()
            .findFirst()
            .orElseThrow()
            .group(1)
            .replaceAll("\\{\\{[^{}]*interval-millis}}", String.valueOf(empty))
            .replaceAll("\\{\\{[^{}]*interval-full-millis}}", String.valueOf(full));
    context.getRegistry().bind("openBatch", batch);
    return context
        .resolveLanguage("simple")
        .createPredicate(filter)
        .matches(new DefaultExchange(context));
  }

  private void append(String messageId) {
    store.append(Stores.poll(Events.customers().event(messageId, "1")));
  }

  private Store reopened() {
    return Stores.in(folder).clock(clock).open();
  }
}
