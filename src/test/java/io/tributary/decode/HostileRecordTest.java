package io.tributary.decode;

import static io.tributary.decode.Records.assertReason;
import static io.tributary.decode.Records.event;
import static io.tributary.decode.Records.eventOf;
import static io.tributary.decode.Records.payload;
import static io.tributary.decode.Records.record;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Reason;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records that are deep, or huge, or made to cost much. */
class HostileRecordTest {
  @ParameterizedTest
  @EnumSource
  void thousandLevels_areAllowed(ContentDedupe mode) {
    // Given
    String records = "[".repeat(998) + "]".repeat(998);
    String members = "{\"a\":".repeat(999) + "1" + "}".repeat(999);
    String json = "{\"messageId\":\"m\",\"payload\":[" + records + "],\"x\":" + members + "}";

    // When
    Decoded decoded = new EventDecoder(mode).decode(record(json));

    // Then
    assertEquals(records, payload(assertInstanceOf(Event.class, decoded)));
  }

  @ParameterizedTest
  @EnumSource
  void moreLevels_areADeadLetterWhereverTheyAre(ContentDedupe mode) {
    for (int levels : List.of(1001, 5_000, 1_000_000)) {
      for (String json : nested(levels)) {
        // When
        Decoded decoded = new EventDecoder(mode).decode(record(json));

        // Then
        assertReason(Reason.TOO_DEEP, decoded);
      }
    }
  }

  /** Records of so many levels, also some that never close them. */
  private static List<String> nested(int levels) {
    String arrays = "[".repeat(levels - 2) + "]".repeat(levels - 2);
    String objects = "{\"a\":".repeat(levels - 2) + "1" + "}".repeat(levels - 2);
    return List.of(
        "{\"messageId\":\"m\",\"payload\":[" + arrays + "]}",
        "{\"messageId\":\"m\",\"payload\":[" + objects + "]}",
        "{\"messageId\":\"m\",\"payload\":[],\"x\":[" + arrays + "]}",
        "{\"messageId\":[" + objects + "],\"payload\":[]}",
        "[".repeat(levels),
        "{\"messageId\":\"m\",\"payload\":[" + "[".repeat(levels - 2),
        "{\"payload\":".repeat(levels));
  }

  @Test
  void hugeNumbers_areEvents() {
    // Given
    String records =
        "9".repeat(1_000_000) + ",-1e999999999,1." + "0".repeat(100_000) + "e-999999999";

    // When
    Event event = eventOf(records);

    // Then
    assertEquals(records, payload(event));
  }

  @Test
  void hugeStringsAndNames_areEvents() {
    // Given
    String text = "äx".repeat(3_000_000);
    String name = "n".repeat(200_000);
    String records = "{\"id\":\"" + text + "\",\"" + name + "\":\"\"}";

    // When
    Event event =
        event("{\"messageId\":\"" + text + "\",\"" + name + "\":1,\"payload\":[" + records + "]}");

    // Then
    assertEquals(text, event.messageId());
    assertEquals(records, payload(event));
  }

  /** As the parser hashes them, and more of them than it puts up with. */
  @Test
  void namesOfOneHash_areEventsAsAreTheNamesAfterThem() {
    // Given
    String one = object(namesOfOneHash(5_000));
    for (int i = 0; i < 5; i++) {
      assertEquals(one, payload(eventOf(one)));
    }

    for (int i = 0; i < 200; i++) {
      String records = object(names("customer-", i * 20, i * 20 + 20));

      // When
      Event event = eventOf(records);

      // Then
      assertEquals(records, payload(event));
    }
  }

  @Test
  void longNames_areNotKept() {
    // Given
    String megabytes = "ж".repeat(1 << 20);
    eventOf("{\"" + megabytes + "\":1}");
    long before = usedMegabytes();

    // When
    for (int i = 0; i < 60; i++) {
      eventOf("{\"" + i + megabytes + "\":1}");
    }

    // Then it is less than the 120 that the names take, whatever the tests beside it keep
    long kept = usedMegabytes() - before;
    assertTrue(kept < 100, "kept: " + kept);
  }

  @Test
  void manyNames_areAnEvent() {
    // Given
    String records = object(names("CUST-", 0, 150_000));

    // When
    Event event = eventOf(records);

    // Then
    assertEquals(records, payload(event));
  }

  private static Stream<String> names(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> prefix + number);
  }

  /** Both pairs of letters weigh the same where a hash is 33 times itself and the next letter. */
  private static Stream<String> namesOfOneHash(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Integer.toBinaryString(1 << 13 | i).replace("0", "Ab").replace("1", "BA"));
  }

  private static String object(Stream<String> names) {
    return names.map(name -> '"' + name + "\":1").collect(Collectors.joining(",", "{", "}"));
  }

  private static long usedMegabytes() {
    System.gc();
    return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20;
  }
}
