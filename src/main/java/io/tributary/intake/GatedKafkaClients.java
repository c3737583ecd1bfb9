package io.tributary.intake;

import io.tributary.batch.Limits;
import io.tributary.intake.StreamCondition.Kind;
import io.tributary.operations.KafkaMeters;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/**
 * Makes the Kafka consumers that hand over whole polls and that the {@link ReadGate} can pause, and
 * gives each its {@link GroupSeats seat} in the consumer group. Safe for several threads.
 */
public final class GatedKafkaClients extends DefaultKafkaClientFactory implements AutoCloseable {
  /** A broker whose name DNS does not know yet is one that is not there yet. */
  private static final String NO_SUCH_NAME = "No resolvable bootstrap urls";

  private final ReadGate gate;
  private final ConsumerStates states;
  private final GroupSeats seats;
  private final KafkaMeters meters;
  private final Supplier<Limits> limits;
  private final Placement.Shared shared;

  /**
   * @param states where the consumers say how they fare
   * @param limits what fits into one batch: no more is handed over at once
   * @param fatal ends the process, and says why
   */
  public GatedKafkaClients(
      Settings settings,
      Store store,
      ReadGate gate,
      ConsumerStates states,
      KafkaMeters meters,
      Supplier<Limits> limits,
      java.util.function.Consumer<String> fatal) {
    this.gate = gate;
    this.states = states;
    this.seats = new GroupSeats(store.identity());
    this.meters = meters;
    this.limits = limits;
    this.shared =
        new Placement.Shared(
            store,
            new GroupAdmin(settings.text(Setting.KAFKA_GROUP_ID), store.identity()),
            PollsInProgress.none(),
            meters,
            settings.is(Setting.KAFKA_COMMIT, "stored"),
            fatal);
  }

  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Consumer getConsumer(Properties properties) {
    Properties seated = (Properties) properties.clone();
    seated.computeIfPresent(
        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, (name, stream) -> seats.take((String) stream));
    String topic = String.valueOf(properties.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
    try {
      shared.admin().use(properties);
      Consumer made = new WholePollConsumer(seated, gate, states, meters, limits, shared);
      states.troubles().made(topic);
      return made;
    } catch (KafkaException e) {
      String words = Refusal.words(e);
      Kind kind = words.contains(NO_SUCH_NAME) ? Kind.UNREACHABLE : Kind.NO_CONSUMER;
      states.troubles().notMade(topic, kind, words);
      throw e; // and Camel asks again
    }
  }

  @Override
  public void close() {
    shared.admin().close();
  }
}
