package io.tributary.intake;

import io.tributary.batch.Limits;
import io.tributary.intake.StreamCondition.Kind;
import io.tributary.logging.Causes;
import io.tributary.metrics.KafkaMeters;
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
 * Makes the Kafka consumers that hand over whole polls and that the {@link ReadGate} can pause.
 * Safe for several threads.
 */
public final class GatedKafkaClients extends DefaultKafkaClientFactory implements AutoCloseable {
  /** A broker whose name DNS does not know yet is one that is not there yet. */
  private static final String NO_SUCH_NAME = "No resolvable bootstrap urls";

  private final WholePollConsumer.Shared shared;

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
    this.shared =
        new WholePollConsumer.Shared(
            store,
            gate,
            limits,
            states,
            meters,
            new GroupAdmin(settings.text(Setting.KAFKA_GROUP_ID), store.identity()),
            PollsInProgress.none(),
            settings.is(Setting.KAFKA_COMMIT, "stored"),
            fatal);
  }

  /** The route gives a member's name only the topic; its seat in the group completes it. */
  @Override
  @SuppressWarnings("rawtypes") // as the method it overrides
  public Consumer getConsumer(Properties properties) {
    Properties seated = (Properties) properties.clone();
    seated.computeIfPresent(
        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
        (name, stream) -> shared.admin().seat((String) stream));
    String topic = String.valueOf(properties.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG));
    try {
      shared.admin().use(properties);
      Consumer made = new WholePollConsumer(seated, shared);
      shared.states().troubles().made(topic);
      return made;
    } catch (KafkaException e) {
      String words = Causes.words(e);
      Kind kind = words.contains(NO_SUCH_NAME) ? Kind.UNREACHABLE : Kind.NO_CONSUMER;
      shared.states().troubles().notMade(topic, kind, words);
      throw e; // and Camel asks again
    }
  }

  @Override
  public void close() {
    shared.admin().close();
  }
}
