package io.tributary.deadletter;

import io.tributary.operations.KafkaMeters;
import java.time.Duration;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes the Kafka producers of the dead letters, and ends them when a stop cannot wait for a broker
 * that does not answer. Safe for several threads.
 */
public final class DeadLetterClients extends DefaultKafkaClientFactory implements AutoCloseable {
  private static final Duration LAST_SENDS = Duration.ofSeconds(2);

  private final Queue<Producer<byte[], byte[]>> producers = new ConcurrentLinkedQueue<>();
  private final KafkaMeters meters;

  public DeadLetterClients(KafkaMeters meters) {
    this.meters = meters;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Producer getProducer(Properties properties) {
    Producer<byte[], byte[]> producer = new ShownProducer(properties);
    producers.add(producer);
    return producer;
  }

  private final class ShownProducer extends KafkaProducer<byte[], byte[]> {
    private final KafkaMeters.Shown shown;

    ShownProducer(Properties properties) {
      super(properties);
      shown = meters.show(this);
    }

    @Override
    public void close(Duration timeout) {
      producers.remove(this);
      shown.close();
      super.close(timeout);
    }
  }

  /**
   * Waits 2 s for what is being sent, and lets it fail after that: then its poll is read again, or
   * its batch stays pending.
   */
  @Override
  public void close() {
    producers.forEach(producer -> producer.close(LAST_SENDS));
  }
}
