package io.tributary.intake;

import io.tributary.tracing.Traceparent;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.camel.spi.DataFormat;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * The decoder as a Camel data format. Takes one of the exchanges in a poll's body, and reads where
 * the record stands from the consumer's own commit handle, since a producer can forge headers. Safe
 * for several threads.
 */
public final class EventFormat implements DataFormat {
  private final EventDecoder decoder;
  private final boolean tracing;

  /**
   * @param tracing whether a record's trace is read from its headers
   */
  public EventFormat(EventDecoder decoder, boolean tracing) {
    this.decoder = decoder;
    this.tracing = tracing;
  }

  @Override
  public Object unmarshal(Exchange exchange, Object body) {
    Message message = ((Exchange) body).getIn();
    DefaultKafkaManualCommit position = PollCommit.position(message);
    TopicPartition partition = position.getPartition();
    SourceRecord source =
        new SourceRecord(
            partition,
            position.getRecordOffset(),
            message.getHeader(KafkaConstants.TIMESTAMP, 0L, Long.class),
            (byte[]) message.getHeader(KafkaConstants.KEY),
            (byte[]) message.getBody(),
            tracing ? Traceparent.of((Headers) message.getHeader(KafkaConstants.HEADERS)) : null);
    return decoder.decode(source);
  }

  @Override
  public Object unmarshal(Exchange exchange, InputStream stream) {
    throw new UnsupportedOperationException("An event is decoded from its record, not a stream");
  }

  @Override
  public void marshal(Exchange exchange, Object graph, OutputStream stream) {
    throw new UnsupportedOperationException("Events are not written");
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}
}
