package io.tributary.deadletter;

import io.tributary.metrics.KafkaMeters;
import java.time.Duration;
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
import org.jspecify.annotations.Nullable;

/**
 * Makes the Kafka producers of the dead letters, notes what became of each send, and ends them when
 * a stop cannot wait for a broker that does not answer. Safe for several threads.
 */
public final class DeadLetterClients extends DefaultKafkaClientFactory implements AutoCloseable {
  private static final Duration LAST_SENDS = Duration.ofSeconds(2);

  private final Queue<NotingProducer> producers = new ConcurrentLinkedQueue<>();
  private final KafkaMeters meters;
  private final DeadLetterState state;
  private boolean closed;

  public DeadLetterClients(KafkaMeters meters, DeadLetterState state) {
    this.meters = meters;
    this.state = state;
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
      state.written(e);
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
            state.written(failure);
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
