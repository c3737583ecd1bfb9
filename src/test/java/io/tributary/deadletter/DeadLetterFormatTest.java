package io.tributary.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.tributary.event.DeadLetter;
import io.tributary.event.Reason;
import io.tributary.event.SourceRecord;
import io.tributary.poll.Poll;
import io.tributary.support.CamelContexts;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLetterFormatTest {
  private static final Instant NOW = Instant.parse("2024-02-08T10:30:00.123456Z");

  private final DefaultExchange exchange = new DefaultExchange(CamelContexts.notStarted());
  private final DeadLetterFormat format = new DeadLetterFormat(Clock.fixed(NOW, ZoneOffset.UTC));
  private final Poll poll = new Poll(3, Stores.CUSTOMERS, Map.of());

  @Test
  void message_hasTheOriginalAndWhyAndWhere() {
    // Given
    byte[] key = {1, 2};
    byte[] value = {(byte) 0xff, 0};
    poll.add(new DeadLetter(record(key, value), Reason.NOT_UTF8, ""));

    // When
    List<Message> messages = messages();

    // Then
    assertEquals(1, messages.size());
    Message message = messages.get(0);
    assertSame(value, message.getBody());
    assertSame(key, message.getHeader(KafkaConstants.KEY));
    assertEquals("not-utf8", message.getHeader("tributary.reason"));
    assertEquals("the value is not UTF-8", message.getHeader("tributary.detail"));
    assertEquals("customer_data", message.getHeader("tributary.source.topic"));
    assertEquals("4", message.getHeader("tributary.source.partition"));
    assertEquals("9000000000", message.getHeader("tributary.source.offset"));
    assertEquals("1707388200000", message.getHeader("tributary.source.timestamp"));
    assertEquals("2024-02-08T10:30:00.123Z", message.getHeader("tributary.attempt.first"));
    assertEquals("2024-02-08T10:30:00.123Z", message.getHeader("tributary.attempt.last"));
  }

  @Test
  void detail_isAddedToTheSentence() {
    // Given
    poll.add(new DeadLetter(record(null, new byte[] {'x'}), Reason.NOT_JSON, "at byte 1"));

    // When
    Message message = messages().get(0);

    // Then
    assertEquals("the value is not JSON, at byte 1", message.getHeader("tributary.detail"));
  }

  @Test
  void recordWithoutKey_hasNoKeyHeader() {
    // Given
    poll.add(new DeadLetter(record(null, new byte[0]), Reason.EMPTY, ""));

    // When
    Message message = messages().get(0);

    // Then
    assertFalse(message.getHeaders().containsKey(KafkaConstants.KEY));
  }

  @Test
  void tombstone_staysOne() {
    // Given
    poll.add(new DeadLetter(record(new byte[] {7}, null), Reason.TOMBSTONE, ""));

    // When
    Message message = messages().get(0);

    // Then
    assertNull(message.getBody());
    assertEquals("tombstone", message.getHeader("tributary.reason"));
  }

  @Test
  void largeRecord_isAloneInItsPlace() {
    // Given
    byte[] small = {'x'};
    byte[] large = new byte[600_000];
    for (byte[] value : List.of(small, small, large, large, small)) {
      poll.add(new DeadLetter(record(null, value), Reason.NOT_JSON, ""));
    }

    // When
    List<List<Object>> groups =
        format.messages(poll, exchange).stream()
            .map(group -> group.stream().map(Message::getBody).toList())
            .toList();

    // Then
    assertEquals(
        List.of(List.of(small, small), List.of(large), List.of(large), List.of(small)), groups);
  }

  @Test
  void headersOfThePoll_areNotTakenOver() {
    // Given
    exchange.getIn().setHeader(KafkaConstants.OVERRIDE_TOPIC, "elsewhere");
    exchange.getIn().setHeader(KafkaConstants.KEY, "of the poll");
    poll.add(new DeadLetter(record(null, new byte[] {'x'}), Reason.NOT_JSON, ""));

    // When
    Map<String, Object> headers = messages().get(0).getHeaders();

    // Then
    assertFalse(headers.containsKey(KafkaConstants.OVERRIDE_TOPIC));
    assertFalse(headers.containsKey(KafkaConstants.KEY));
  }

  @Test
  void messages_areInTheOrderOfThePollAndOfDeadLettersAlone() {
    // Given
    poll.add(new DeadLetter(record(null, "first".getBytes(UTF_8)), Reason.NOT_JSON, ""));
    poll.add(Events.customers().event("m", "1"));
    poll.add(new DeadLetter(record(null, "second".getBytes(UTF_8)), Reason.NO_PAYLOAD, ""));

    // When
    List<Message> messages = messages();

    // Then
    assertEquals(
        List.of("first", "second"),
        messages.stream().map(message -> new String((byte[]) message.getBody(), UTF_8)).toList());
  }

  @Test
  void pollWithoutDeadLetters_givesNoMessages() {
    // Given
    poll.add(Events.customers().event("m", "1"));

    // When
    List<Message> messages = messages();

    // Then
    assertEquals(List.of(), messages);
  }

  private List<Message> messages() {
    return format.messages(poll, exchange).stream().flatMap(List::stream).toList();
  }

  private static SourceRecord record(byte[] key, byte[] value) {
    TopicPartition partition = new TopicPartition("customer_data", 4);
    return new SourceRecord(partition, 9_000_000_000L, 1_707_388_200_000L, key, value);
  }
}
