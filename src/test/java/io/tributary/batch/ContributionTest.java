package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Event;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a poll adds to a batch, and the fragments that are stored of it. */
class ContributionTest {
  private final Events events = Events.customers();

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
    // When
    Contribution more =
        contribution(events.event("a", a), events.event("b", b), events.event("c", c));

    // Then
    assertEquals(List.of(expected), more.fragments().stream().map(this::payload).toList());
    assertEquals(expected.isEmpty() ? 0 : expected.length() + 1, more.payloadBytes());
    assertEquals(3, more.messages());
  }

  @Test
  void noEvents_addNothing() {
    // When
    Contribution more = contribution();

    // Then
    assertEquals(new Contribution(Stores.CUSTOMERS, 0, 0, 0, List.of(), Set.of()), more);
  }

  @Test
  void fragment_knowsWhereItsMessagesStood() {
    // When
    Contribution more =
        contribution(
            events.at(3, 17, "a", "1,2"),
            events.at(3, 9_000_000_000L, "b", ""),
            events.at(0, 4, "c", "3"));

    // Then
    assertEquals(2, more.fragments().size());
    Fragment first = more.fragments().get(0);
    assertEquals("customers", first.section());
    assertEquals(new TopicPartition("customer_data", 3), first.partition());
    assertEquals(Stores.TOPIC_ID, first.topicId());
    assertEquals(17, first.firstOffset());
    assertEquals(9_000_000_000L, first.lastOffset());
    assertEquals(new MessageSource("customer_data", 3, 17, 0), first.firstSource());
    assertEquals(
        List.of(
            new MessageTable.Row(3, 2, new MessageSource("customer_data", 3, 17, 0)),
            new MessageTable.Row(0, 0, new MessageSource("customer_data", 3, 9_000_000_000L, 0))),
        first.rows());
    assertEquals(0, more.fragments().get(1).partition().partition());
  }

  /** Each record has 1,002 bytes and a comma after it, so 261 of them fit. */
  @Test
  void manyMessages_areCutIntoFragmentsOfLimitedSize() {
    // Given
    Event[] many =
        IntStream.range(0, 600)
            .mapToObj(i -> events.event("m" + i, "\"" + "x".repeat(1_000) + "\""))
            .toArray(Event[]::new);

    // When
    Contribution more = contribution(many);

    // Then
    List<Fragment> fragments = more.fragments();
    assertEquals(List.of(261, 261, 78), fragments.stream().map(f -> f.rows().size()).toList());
    assertEquals(
        more.payloadBytes(), fragments.stream().mapToLong(f -> f.payload().remaining() + 1).sum());
    assertTrue(fragments.stream().allMatch(f -> f.payload().remaining() < Fragment.LARGEST));
  }

  @Test
  void messageLargerThanAFragment_hasOneOfItsOwn() {
    // Given
    Event large = events.event("large", "\"" + "x".repeat(2 * Fragment.LARGEST) + "\"");

    // When
    Contribution more = contribution(events.event("a", "1"), large, events.event("b", "2"));

    // Then
    assertEquals(3, more.fragments().size());
    assertEquals(large.payloadLength(), more.fragments().get(1).payload().remaining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 5 | 1,2;;4,5,6",
        "0 | 1 | 1",
        "1 | 2 | 2",
        "1 | 4 | 2;;4,5",
        "2 | 3 | ''",
        "4 | 5 | 6"
      })
  void slice_isTheMessagesInBetween(int from, int to, String expected) {
    // Given messages in two partitions, one of them without records
    List<Fragment> all =
        contribution(
                events.at(0, 1, "a", "1"),
                events.at(0, 2, "b", "2"),
                events.at(1, 1, "c", ""),
                events.at(2, 1, "d", "4,5"),
                events.at(2, 2, "e", "6"))
            .fragments();

    // When
    List<Fragment> slice = Fragment.slice(all, from, to);

    // Then
    assertEquals(expected, String.join(";", slice.stream().map(this::payload).toList()));
    assertEquals(to - from, slice.stream().mapToInt(f -> f.rows().size()).sum());
  }

  private static Contribution contribution(Event... events) {
    return Contribution.of(Stores.CUSTOMERS, List.of(events), partition -> Stores.TOPIC_ID);
  }

  private String payload(Fragment fragment) {
    return UTF_8.decode(fragment.payload().duplicate()).toString();
  }
}
