package io.tributary.intake;

import io.tributary.batch.Limits;
import io.tributary.batch.Section;
import io.tributary.decode.EventDecoder;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import io.tributary.merge.Sections;
import io.tributary.poll.Poll;
import io.tributary.poll.PolledRecords;
import io.tributary.poll.Position;
import io.tributary.schema.RegistryException;
import io.tributary.schema.SchemaRegistry;
import io.tributary.tracing.Tracing;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A poll as a Camel data format: decodes the records that a {@link WholePollConsumer} hands over.
 * Safe for several threads.
 */
public final class PollFormat extends ServiceSupport implements DataFormat {
  /** To read less at once is a waste when a single poll of a source grew by more. */
  private static final double MOST_GROWTH = 16;

  private final EventDecoder decoder;
  private final Sections sections;
  private final Supplier<Limits> limits;
  private final boolean tracing;
  private volatile double growth = 1;

  /**
   * @param limits what fits into one batch
   * @param tracing whether a record's trace is read from its headers
   */
  public PollFormat(
      EventDecoder decoder, Sections sections, Supplier<Limits> limits, boolean tracing) {
    this.decoder = decoder;
    this.sections = sections;
    this.limits = limits;
    this.tracing = tracing;
  }

  /** What to read at once, so that it fits into one batch also when it grows by being decoded. */
  public Limits readable() {
    Limits batch = limits.get();
    return new Limits(batch.maxMessages(), (long) (batch.maxPayloadBytes() / growth));
  }

  /**
   * Decodes a poll. One that has grown beyond a batch is cut off there, and its consumer reads the
   * rest again.
   *
   * @throws RegistryException when a schema cannot be had now; each has been asked for then
   */
  @Override
  public Object unmarshal(Exchange exchange, Object body) {
    PolledRecords polled = (PolledRecords) body;
    Reading reading = new Reading(limits.get().maxPayloadBytes(), polled.count());
    Map<TopicPartition, Position> positions = new HashMap<>(polled.positions());
    polled
        .records()
        .forEach(
            (partition, records) -> {
              for (ConsumerRecord<?, ?> record : records) {
                if (!reading.takes(partition, record)) {
                  positions.computeIfPresent(
                      partition, (p, end) -> new Position(end.topicId(), record.offset()));
                  break;
                }
              }
            });
    return reading.poll(sections.of(exchange), positions);
  }

  /** What is decoded of a poll, in its order, up to where no more fits into a batch. */
  private final class Reading {
    private final long most;
    private final List<Decoded> taken;
    private long read;
    private long decoded;
    private boolean full;
    private @Nullable RegistryException unknown;

    Reading(long most, int records) {
      this.most = most;
      this.taken = new ArrayList<>(records);
    }

    /** Whether the record is decoded, and nothing before it was left. */
    boolean takes(TopicPartition partition, ConsumerRecord<?, ?> record) {
      if (full) {
        return false;
      }
      try {
        Decoded next = decoder.decode(source(partition, record));
        read += Math.max(1, record.serializedValueSize());
        decoded += next instanceof Event event ? event.payloadLength() + 1 : 0;
        full = decoded > most && !taken.isEmpty();
        if (!full) {
          taken.add(next);
        }
      } catch (RegistryException e) {
        unknown = e;
      }
      return !full;
    }

    Poll poll(Section section, Map<TopicPartition, Position> positions) {
      if (unknown != null) {
        LockSupport.parkNanos(SchemaRegistry.PAUSE.toNanos());
        throw unknown;
      }
      double now = Math.max(1, Math.min(MOST_GROWTH, (double) decoded / Math.max(1, read)));
      growth = full ? Math.max(growth, now) : (growth + now) / 2;
      Poll poll = new Poll(taken.size(), section, positions);
      taken.forEach(poll::add);
      return poll;
    }
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
