package io.tributary.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import io.tributary.poll.Poll;
import io.tributary.support.Events;
import io.tributary.support.Messages;
import io.tributary.support.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BatchTest {
  private final Events events = Events.customers();

  @Test
  void batch_growsByWhatPollsAddAndKeepsTheTimeOfTheFirst() {
    // Given
    Poll first = Stores.poll(events.event("a", "1,2"), events.event("b", ""));
    Poll second = Stores.poll(Stores.PRODUCTS, events.event("c", "3"));

    // When
    Batch batch = Batch.opened(7).with(first.contribution(), 100).with(second.contribution(), 200);

    // Then
    assertEquals(7, batch.number());
    assertEquals(100, batch.openedAt());
    assertEquals(3, batch.messages());
    assertEquals("1,2,".length() + "3,".length(), batch.payloadBytes());
    assertEquals(2, batch.fragments());
    assertEquals("customers=2, products=1", batch.countsText());
    assertNull(batch.completion());
  }

  @Test
  void completedBatch_hasEverySectionInTheirOrder() {
    // Given
    Poll poll = Stores.poll(Stores.PRODUCTS, events.event("a", "1"));

    // When
    Batch batch =
        Batch.opened(7)
            .with(poll.contribution(), 100)
            .completed(Stores.completion("EVT-1"), Stores.SECTIONS);

    // Then
    assertEquals("customers=0, products=1", batch.countsText());
    assertEquals("EVT-1", batch.eventId());
    assertEquals(List.of(batch), batch.unsettled());
  }

  @Test
  void traces_areThoseOfAllPollsOnceEachAndTheFirstOnesFirst() {
    // When
    Batch batch = Batch.opened(7).with(traced("b", null, "a", "b"), 1).with(traced("a", "c"), 2);

    // Then
    assertEquals(List.of("b", "a", "c"), batch.traces());
  }

  @Test
  void traces_areTheFirst129() {
    // Given
    String[] many = IntStream.range(0, 100).mapToObj(i -> "x" + i).toArray(String[]::new);
    String[] more = IntStream.range(0, 200).mapToObj(i -> "y" + i).toArray(String[]::new);

    // When
    Batch batch = Batch.opened(7).with(traced(many), 1).with(traced(more), 2);

    // Then
    assertEquals(129, batch.traces().size());
    assertEquals("x0", batch.traces().get(0));
    assertEquals("y28", batch.traces().get(128));
  }

  private static Contribution traced(String... traces) {
    EventDecoder decoder = new EventDecoder(ContentDedupe.OFF);
    TopicPartition place = new TopicPartition("customers", 0);
    List<Event> traced = new ArrayList<>();
    for (String trace : traces) {
      byte[] value = Messages.message("m", "{}");
      traced.add((Event) decoder.decode(new SourceRecord(place, 0, 0, null, value, trace)));
    }
    return Stores.poll(traced.toArray(Event[]::new)).contribution();
  }
}
