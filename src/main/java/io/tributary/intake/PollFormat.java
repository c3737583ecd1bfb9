package io.tributary.intake;

import io.tributary.decode.EventDecoder;
import io.tributary.event.SourceRecord;
import io.tributary.merge.Sections;
import io.tributary.poll.Poll;
import io.tributary.poll.PolledRecords;
import io.tributary.tracing.Tracing;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A poll as a Camel data format: decodes the records that a {@link WholePollConsumer} hands over.
 * Safe for several threads.
 */
public final class PollFormat extends ServiceSupport implements DataFormat {
  private final EventDecoder decoder;
  private final Sections sections;
  private final boolean tracing;

  /**
   * @param tracing whether a record's trace is read from its headers
   */
  public PollFormat(EventDecoder decoder, Sections sections, boolean tracing) {
    this.decoder = decoder;
    this.sections = sections;
    this.tracing = tracing;
  }

  @Override
  public Object unmarshal(Exchange exchange, Object body) {
    PolledRecords polled = (PolledRecords) body;
    Poll poll = new Poll(polled.count(), sections.of(exchange), polled.positions());
    polled
        .records()
        .forEach(
            (partition, records) -> {
              for (ConsumerRecord<?, ?> record : records) {
                poll.add(decoder.decode(source(partition, record)));
              }
            });
    return poll;
  }

  private SourceRecord source(TopicPartition partition, ConsumerRecord<?, ?> record) {
    return new SourceRecord(
        partition,
        record.offset(),
        record.timestamp(),
        (byte[]) record.key(),
        (byte[]) record.value(),
        tracing ? Tracing.parent(record.headers()) : null);
  }

  @Override
  public Object unmarshal(Exchange exchange, InputStream stream) {
    throw new UnsupportedOperationException("A poll is decoded from its records, not a stream");
  }

  @Override
  public void marshal(Exchange exchange, Object graph, OutputStream stream) {
    throw new UnsupportedOperationException("Polls are not written");
  }
}
