package io.tributary.intake;

import io.tributary.operations.KafkaMeters;
import io.tributary.settings.KafkaSecurity;
import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Makes the Kafka consumers that hand over whole polls and that the {@link ReadGate} can pause, and
 * gives each its {@link GroupSeats seat} in the consumer group. Safe for several threads.
 */
public final class GatedKafkaClients extends DefaultKafkaClientFactory {
  private final KafkaSecurity security;
  private final ReadGate gate;
  private final ConsumerStates states;
  private final GroupSeats seats;
  private final KafkaMeters meters;

  /**
   * @param states where the consumers say how they fare
   */
  public GatedKafkaClients(
      KafkaSecurity security,
      ReadGate gate,
      ConsumerStates states,
      GroupSeats seats,
      KafkaMeters meters) {
    this.security = security;
    this.gate = gate;
    this.states = states;
    this.seats = seats;
    this.meters = meters;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Consumer getConsumer(Properties properties) {
    Properties seated = security.addedTo(properties);
    seated.computeIfPresent(
        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, (name, stream) -> seats.take((String) stream));
    return new WholePollConsumer(seated, gate, states, meters);
  }
}
