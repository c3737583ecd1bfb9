package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import io.tributary.intake.EventDecoder;
import io.tributary.support.Messages;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");

  @Test
  void headWithoutTraces_isThatOfVersionsBeforeTracing() throws Exception {
    // Given
    Batch batch = Batch.opened(7).with(fragment((String) null), 1, 1);

    // When
    String head = new String(batch.toJson(), UTF_8);

    // Then
    assertFalse(head.contains("traces"), head);
    assertNull(Batch.fromJson(ByteBuffer.wrap(head.getBytes(UTF_8))).traces());
    assertEquals(batch, Batch.fromJson(ByteBuffer.wrap(head.getBytes(UTF_8))));
  }

  @Test
  void traces_areThoseOfAllFragmentsOnceEachAndTheFirstOnesFirst() throws Exception {
    // Given
    Batch batch =
        Batch.opened(7).with(fragment("b", null, "a", "b"), 1, 1).with(fragment("a", "c"), 1, 2);

    // When
    Batch read = Batch.fromJson(ByteBuffer.wrap(batch.toJson()));

    // Then
    assertEquals(List.of("b", "a", "c"), read.traces());
  }

  @Test
  void traces_areTheFirst129() {
    // Given
    String[] many = IntStream.range(0, 100).mapToObj(i -> "x" + i).toArray(String[]::new);
    String[] more = IntStream.range(0, 200).mapToObj(i -> "y" + i).toArray(String[]::new);

    // When
    Batch batch = Batch.opened(7).with(fragment(many), 1, 1).with(fragment(more), 1, 2);

    // Then
    assertEquals(129, batch.traces().size());
    assertEquals("x0", batch.traces().get(0));
    assertEquals("y28", batch.traces().get(128));
  }

  private static Fragment fragment(String... traces) {
    Fragment fragment = new Fragment(CUSTOMERS);
    EventDecoder decoder = new EventDecoder(ContentDedupe.OFF);
    for (String trace : traces) {
      byte[] value = Messages.message("m", "{}");
      TopicPartition place = new TopicPartition("customers", 0);
      fragment.merge((Event) decoder.decode(new SourceRecord(place, 0, 0, null, value, trace)));
    }
    return fragment;
  }
}
