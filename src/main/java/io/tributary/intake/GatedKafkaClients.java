package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import io.tributary.operations.KafkaMeters;
import io.tributary.settings.KafkaSecurity;
import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Makes the Kafka consumers that hand over whole polls and that the {@link ReadGate} can pause, and
 * gives each its {@link GroupSeats seat} in the consumer group. Safe for several threads.
 */
public final class GatedKafkaClients extends DefaultKafkaClientFactory {
  /** A broker whose name DNS does not know yet is one that is not there yet. */
  private static final String NO_SUCH_NAME = "No resolvable bootstrap urls";

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
    String topic = String.valueOf(properties.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
    try {
      Consumer made = new WholePollConsumer(seated, gate, states, meters);
      states.troubles().made(topic);
      return made;
    } catch (KafkaException e) {
      String words = Refusal.words(e);
      Kind kind = words.contains(NO_SUCH_NAME) ? Kind.UNREACHABLE : Kind.NO_CONSUMER;
      states.troubles().notMade(topic, kind, words);
      throw e; // and Camel asks again
    }
  }
}
