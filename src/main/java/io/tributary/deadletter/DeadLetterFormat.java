package io.tributary.deadletter;

import io.tributary.intake.Poll;
import io.tributary.intake.SourceRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
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

  public static final String OMITTED_BYTES = "tributary.omitted.bytes";

  private static final int LARGE = 500_000;
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFormat.class);

  /** The messages for the records of a poll that cannot be used; logs each, never its body. */
  public List<Message> messages(@Body Poll poll, Exchange exchange) {
    List<Message> messages = new ArrayList<>();
    for (DeadLetter deadLetter : poll.deadLetters()) {
      messages.add(message(deadLetter, exchange));
      SourceRecord source = deadLetter.source();
      LOG.warn(
          "Dead letter: topic={}, partition={}, offset={}, reason={}, {}",
          source.partition().topic(),
          source.partition().partition(),
          source.offset(),
          deadLetter.reason().label(),
          sentence(deadLetter));
    }
    return messages;
  }

  /**
   * The same messages, for a topic that takes no records as large as some of them: those above half
   * a megabyte without their value, which still stands at its place in the source topic.
   */
  public List<Message> withoutLargeValues(@Body List<Message> messages) {
    for (Message message : messages) {
      if (message.getBody() instanceof byte[] value && value.length > LARGE) {
        message.setHeader(OMITTED_BYTES, String.valueOf(value.length));
        message.setBody(null);
      }
    }
    return messages;
  }

  private static Message message(DeadLetter deadLetter, Exchange exchange) {
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
    return message;
  }

  private static String sentence(DeadLetter deadLetter) {
    String detail = deadLetter.detail();
    return deadLetter.reason().sentence() + (detail.isEmpty() ? "" : ", " + detail);
  }
}
