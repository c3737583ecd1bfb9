package io.tributary.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.SourceRecord;
import io.tributary.poll.Poll;
import io.tributary.support.MockedTopic;
import io.tributary.support.ShippedRoutes;
import io.tributary.support.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the dead letters of a poll go to their topic, which is a mock. */
class DeadLetterRoutesTest extends ShippedRoutes {
  private static final TopicPartition SOURCE = new TopicPartition("customer_data", 0);
  private static final byte[] SMALL = "not JSON".getBytes(UTF_8);

  /** What the topic has taken, together or alone. */
  private final List<List<Message>> taken = new ArrayList<>();

  private final Poll poll = new Poll(3, Stores.CUSTOMERS, Map.of(SOURCE, Stores.position(3)));
  private int largest = Integer.MAX_VALUE;

  @BeforeEach
  void replaceTopic() throws Exception {
    MockedTopic.replace(context);
    MockedTopic.of(context).whenAnyExchangeReceived(this::take);
  }

  private void take(Exchange exchange) {
    Message message = exchange.getMessage();
    List<Message> messages = new ArrayList<>();
    if (message.getBody() instanceof List<?> several) {
      several.forEach(one -> messages.add((Message) one));
    } else {
      messages.add(message.copy());
    }
    if (messages.stream().anyMatch(this::isTooLarge)) {
      throw new RecordTooLargeException();
    }
    taken.add(messages);
  }

  private boolean isTooLarge(Message message) {
    return length(message.getBody()) > largest
        || length(message.getHeader(KafkaConstants.KEY)) > largest;
  }

  private static int length(Object content) {
    return content instanceof byte[] bytes ? bytes.length : 0;
  }

  @Test
  void smallLetters_goTogetherAndLargeOnesAlone() {
    // Given
    letter(0, null, SMALL);
    letter(1, null, SMALL);
    letter(2, null, new byte[1_000_000]);
    letter(3, null, SMALL);

    // When
    send();

    // Then
    assertEquals(List.of("0 1", "2", "3"), offsets());
  }

  @Test
  void topicThatTakesLittle_getsTheLettersOneByOneWithoutWhatIsTooLarge() {
    // Given
    largest = 20_000;
    letter(0, null, new byte[60_000]);
    letter(1, null, SMALL);
    letter(2, new byte[60_000], SMALL);

    // When
    send();

    // Then
    assertEquals(List.of("0", "1", "2"), offsets());
    Message shortened = taken.get(0).get(0);
    assertNull(shortened.getBody());
    assertEquals("60000", shortened.getHeader(DeadLetterFormat.OMITTED_BYTES));
    assertEquals(SMALL, taken.get(1).get(0).getBody());
    assertNull(taken.get(2).get(0).getBody());
    assertNull(taken.get(2).get(0).getHeader(KafkaConstants.KEY));
  }

  @Test
  void topicThatTakesNothing_failsThePoll() {
    // Given
    MockedTopic.of(context)
        .whenAnyExchangeReceived(
            letter -> {
              throw new IllegalStateException("no broker");
            });
    letter(0, null, SMALL);

    // When
    CamelExecutionException failure = assertThrows(CamelExecutionException.class, this::send);

    // Then
    assertTrue(failure.getCause().getMessage().contains("no broker"), failure.toString());
  }

  private void letter(long offset, byte[] key, byte[] value) {
    SourceRecord record = new SourceRecord(SOURCE, offset, 0, key, value);
    poll.add(new EventDecoder(ContentDedupe.LATEST).decode(record));
  }

  private void send() {
    template.sendBody("direct:record-dead-letters", poll);
  }

  private List<String> offsets() {
    return taken.stream()
        .map(
            messages ->
                String.join(
                    " ",
                    messages.stream()
                        .map(m -> m.getHeader(DeadLetterFormat.SOURCE_OFFSET, String.class))
                        .toList()))
        .toList();
  }
}
