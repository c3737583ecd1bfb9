package io.tributary.deadletter;

import io.tributary.logging.LogText;
import io.tributary.metrics.KafkaMeters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the Kafka producers of the dead letters, knows whether their topic took what was written to
 * it last, and ends them when a stop cannot wait for a broker that does not answer. Safe for
 * several threads.
 */
public final class DeadLetterClients extends DefaultKafkaClientFactory implements AutoCloseable {
  /** What the last write came to. */
  public enum Kind {
    /** Nothing has been written since the start. */
    UNTRIED,
    WRITABLE,
    NOT_WRITABLE
  }

  /**
   * The outcome of the last write.
   *
   * @param detail why it failed; empty when it did not
   * @param since when the first of this kind in a row was
   */
  public record Outcome(Kind kind, String detail, Instant since) {}

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterClients.class);
  private static final Duration LAST_SENDS = Duration.ofSeconds(2);

  private final Queue<NotingProducer> producers = new ConcurrentLinkedQueue<>();
  private final KafkaMeters meters;
  private final Clock clock;
  private volatile Outcome last;
  private boolean reported;
  private boolean closed;

  public DeadLetterClients(KafkaMeters meters, Clock clock) {
    this.meters = meters;
    this.clock = clock;
    this.last = new Outcome(Kind.UNTRIED, "", clock.instant());
  }

  public Outcome last() {
    return last;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public synchronized Producer getProducer(Properties properties) {
    if (closed) {
      throw new IllegalStateException("No more dead letters are written");
    }
    try {
      NotingProducer producer = new NotingProducer(properties);
      producers.add(producer);
      return producer;
    } catch (KafkaException e) {
      written(e);
      throw e; // and Camel asks again with the next letter
    }
  }

  /**
   * Waits 2 s for what is being sent, and lets it fail after that: then its poll is read again, or
   * its batch stays pending.
   */
  @Override
  public synchronized void close() {
    closed = true;
    producers.forEach(producer -> producer.close(LAST_SENDS));
  }

  private synchronized void written(@Nullable Exception failure) {
    Kind kind = failure == null ? Kind.WRITABLE : Kind.NOT_WRITABLE;
    Instant since = last.kind() == kind ? last.since() : clock.instant();
    last = new Outcome(kind, failure == null ? "" : failure.toString(), since);
    if (failure == null) {
      if (reported) {
        LOG.info("Dead letters can be written again");
      }
      reported = false;
    } else if (!reported && !(failure instanceof RecordTooLargeException)) { // the sender says that
      LOG.error(
          "Dead letters cannot be written, what they belong to is kept and tried again: {}",
          LogText.oneLine(failure.toString()));
      reported = true;
    }
  }

  private final class NotingProducer extends KafkaProducer<byte[], byte[]> {
    private final KafkaMeters.Shown shown;

    NotingProducer(Properties properties) {
      super(properties);
      shown = meters.show(this);
    }

    @Override
    public Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> letter, @Nullable Callback callback) {
      return super.send(
          letter,
          (place, failure) -> {
            written(failure);
            if (callback != null) {
              callback.onCompletion(place, failure);
            }
          });
    }

    @Override
    public void close(Duration timeout) {
      producers.remove(this);
      shown.close();
      super.close(timeout);
    }
  }
}
