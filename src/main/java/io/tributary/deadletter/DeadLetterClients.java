package io.tributary.deadletter;

import io.tributary.operations.KafkaMeters;
import java.time.Duration;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes the Kafka producers of the dead letters, notes what became of each send, and ends them when
 * a stop cannot wait for a broker that does not answer. Safe for several threads.
 */
public final class DeadLetterClients extends DefaultKafkaClientFactory implements AutoCloseable {
  private static final Duration LAST_SENDS = Duration.ofSeconds(2);

  private final Queue<RenewedProducer> producers = new ConcurrentLinkedQueue<>();
  private final KafkaMeters meters;
  private final DeadLetterState state;

  public DeadLetterClients(KafkaMeters meters, DeadLetterState state) {
    this.meters = meters;
    this.state = state;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Producer getProducer(Properties properties) {
    RenewedProducer producer = new RenewedProducer(properties, meters, state);
    producers.add(producer);
    return producer.asProducer();
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
