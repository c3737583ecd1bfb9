package io.tributary.intake;

import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;

/** Makes the Kafka consumers that the {@link ReadGate} can pause. Safe for several threads. */
public final class GatedKafkaClients extends DefaultKafkaClientFactory {
  private final ReadGate gate;

  public GatedKafkaClients(ReadGate gate) {
    this.gate = gate;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Consumer getConsumer(Properties properties) {
    return new GatedKafkaConsumer<>(properties, gate);
  }
}
