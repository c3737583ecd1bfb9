package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.Events;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmentTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");

  private final Events events = Events.customers();
  private final Fragment fragment = new Fragment(CUSTOMERS);

  @Test
  void newFragment_isEmpty() {
    // When
    String payload = payload(fragment);

    // Then
    assertEquals("", payload);
    assertEquals(0, fragment.messages());
    assertEquals(0, fragment.records());
    assertEquals(0, fragment.payloadBytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1       | 2      | 3   | 1,2,3",
        "''      | 2      | 3   | 2,3",
        "1       | ''     | 3   | 1,3",
        "1       | 2      | ''  | 1,2",
        "''      | ''     | ''  | ''",
        "' 1 , 2 '| '{ }' | ''  | 1 , 2,{ }"
      })
  void payload_isTheEventsRecordsWithCommas(String a, String b, String c, String expected) {
    // Given
    fragment.merge(events.event("a", a));
    fragment.merge(events.event("b", b));
    fragment.merge(events.event("c", c));

    // When
    String payload = payload(fragment);

    // Then
    assertEquals(expected, payload);
    assertEquals(expected.isEmpty() ? 0 : expected.length() + 1, fragment.payloadBytes());
    assertEquals(3, fragment.messages());
  }

  @Test
  void rememberedEvent_isNeitherMessageNorRecord() {
    // When
    fragment.remember(events.event("a", "1,2"));

    // Then
    assertEquals(0, fragment.messages());
    assertEquals(0, fragment.records());
    assertEquals("", payload(fragment));
  }

  /** There are 3 bytes, more come, and each event has a comma after it. */
  @ParameterizedTest
  @CsvSource({"2, 10, true", "2, 9, false", "1, 100, false", "2, 100, true"})
  void room_isForWhatTheLimitsAllow(int maxMessages, long maxBytes, boolean expected) {
    // Given
    fragment.merge(events.event("a", "1,2"));

    // When
    boolean hasRoom =
        fragment.hasRoomFor(events.event("b", "3,4,5"), new Limits(maxMessages, maxBytes));

    // Then
    assertEquals(expected, hasRoom);
  }

  @Test
  void emptyFragment_hasRoomForAnyEvent() {
    // When
    boolean hasRoom = fragment.hasRoomFor(events.event("a", "1,2,3"), new Limits(1, 0));

    // Then
    assertTrue(hasRoom);
  }

  /** What the fragment's pieces hold when they are read back. */
  private static String payload(Fragment fragment) {
    return FragmentPieceTest.stored(fragment).stream()
        .map(stored -> UTF_8.decode(stored.payload()).toString())
        .collect(Collectors.joining(","));
  }
}
