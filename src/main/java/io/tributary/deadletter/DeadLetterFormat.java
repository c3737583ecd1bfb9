package io.tributary.deadletter;

import io.tributary.event.DeadLetter;
import io.tributary.event.SourceRecord;
import io.tributary.poll.Poll;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the messages for the dead-letter topic: the original value and key, and headers that say
 * why and from where. Safe for several threads.
 */
public final class DeadLetterFormat {
  public static final String REASON = "tributary.reason";
  public static final String DETAIL = "tributary.detail";
  public static final String SOURCE_TOPIC = "tributary.source.topic";
  public static final String SOURCE_PARTITION = "tributary.source.partition";
  public static final String SOURCE_OFFSET = "tributary.source.offset";
  public static final String SOURCE_TIMESTAMP = "tributary.source.timestamp";

  /** The schema of a registry that the value names. */
  public static final String SCHEMA_ID = "tributary.schema.id";

  /** When a record was read, or when the API first answered a batch, or did not: ISO 8601, UTC. */
  public static final String ATTEMPT_FIRST = "tributary.attempt.first";

  public static final String ATTEMPT_LAST = "tributary.attempt.last";
  public static final String STATUS = "tributary.status";
  public static final String EVENT_ID = "tributary.event.id";
  public static final String OMITTED_BYTES = "tributary.omitted.bytes";

  private static final int LARGE = 100_000;
  private static final int LARGEST_KEY = 10_000;
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFormat.class);

  private final Clock clock;

  public DeadLetterFormat(Clock clock) {
    this.clock = clock;
  }

  /**
   * The messages for the records of a poll that cannot be used, in their order. They are in groups
   * to be sent together: a large one is alone, so that a topic that refuses it has not taken others
   * that would then be written twice.
   */
  public List<List<Message>> messages(@Body Poll poll, Exchange exchange) {
    List<Message> small = new ArrayList<>();
    List<List<Message>> groups = new ArrayList<>();
    String now = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    for (DeadLetter deadLetter : poll.deadLetters()) {
      Message message = message(deadLetter, exchange, now);
      if (isLarge(message)) {
        groups.add(List.of(message));
        small = new ArrayList<>();
      } else {
        if (small.isEmpty()) {
          groups.add(small);
        }
        small.add(message);
      }
    }
    return groups;
  }

  /** Logs each dead letter of a poll, never its body. */
  public void report(@Body Poll poll) {
    for (DeadLetter deadLetter : poll.deadLetters()) {
      SourceRecord source = deadLetter.source();
      LOG.warn(
          "Dead letter: topic={}, partition={}, offset={}, reason={}, {}",
          source.partition().topic(),
          source.partition().partition(),
          source.offset(),
          deadLetter.reason().label(),
          sentence(deadLetter));
    }
  }

  /**
   * Leaves the value out of a message that the topic does not take, and a key of more than 10,000
   * bytes: both still stand at their place in the source topic.
   */
  public void omitContent(Message message) {
    if (message.getBody() instanceof byte[] value) {
      message.setHeader(OMITTED_BYTES, String.valueOf(value.length));
      message.setBody(null);
    }
    if (message.getHeader(KafkaConstants.KEY) instanceof byte[] key && key.length > LARGEST_KEY) {
      message.removeHeader(KafkaConstants.KEY);
    }
  }

  private static boolean isLarge(Message message) {
    return bytes(message.getBody()) + bytes(message.getHeader(KafkaConstants.KEY)) > LARGE;
  }

  private static int bytes(@Nullable Object content) {
    return content instanceof byte[] array ? array.length : 0;
  }

  private static Message message(DeadLetter deadLetter, Exchange exchange, String now) {
    SourceRecord source = deadLetter.source();
    Message message = new DefaultMessage(exchange);
    message.setBody(source.value());
    if (source.key() != null) {
      message.setHeader(KafkaConstants.KEY, source.key());
    }
    message.setHeader(REASON, deadLetter.reason().label());
    message.setHeader(DETAIL, sentence(deadLetter));
    message.setHeader(SOURCE_TOPIC, source.partition().topic());
    message.setHeader(SOURCE_PARTITION, String.valueOf(source.partition().partition()));
    message.setHeader(SOURCE_OFFSET, String.valueOf(source.offset()));
    message.setHeader(SOURCE_TIMESTAMP, String.valueOf(source.timestamp()));
    if (deadLetter.schemaId() != null) {
      message.setHeader(SCHEMA_ID, String.valueOf(deadLetter.schemaId()));
    }
    message.setHeader(ATTEMPT_FIRST, now);
    message.setHeader(ATTEMPT_LAST, now);
    return message;
  }

  private static String sentence(DeadLetter deadLetter) {
    String detail = deadLetter.detail();
    return deadLetter.reason().sentence() + (detail.isEmpty() ? "" : ", " + detail);
  }
}
