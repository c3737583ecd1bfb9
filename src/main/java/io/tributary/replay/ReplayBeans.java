package io.tributary.replay;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import io.tributary.deadletter.DeadLetterClients;
import io.tributary.deadletter.DeadLetterState;
import io.tributary.decode.EventDecoder;
import io.tributary.merge.Sections;
import io.tributary.operations.KafkaMeters;
import io.tributary.operations.ManagedReplay;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.spi.OnCamelContextStarted;
import org.apache.camel.spi.OnCamelContextStopping;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.processor.idempotent.FileIdempotentRepository;

/** Makes the beans that {@code routes/replay.camel.yaml} names. */
public final class ReplayBeans {
  /** In the state folder, a line for each dead letter that was replayed. */
  static final String FILE = "REPLAYED";

  private static final int IN_MEMORY = 100_000;

  private ReplayBeans() {}

  /** Binds them; the MBean is still to be registered. */
  public static ManagedReplay bind(
      CamelContext context, Settings settings, Sections sections, KafkaMeters meters, Clock clock) {
    Registry beans = context.getRegistry();
    IdempotentRepository replayed =
        FileIdempotentRepository.fileIdempotentRepository(
            settings.stateDir().resolve(FILE).toFile(), IN_MEMORY);
    beans.bind("replayedLetters", replayed);
    Replay replay =
        new Replay(
            context,
            settings.text(Setting.DEAD_LETTER_TOPIC),
            sections,
            new EventDecoder(settings.contentDedupe()),
            replayed);
    beans.bind("replay", replay);
    // Of the same kind, but what becomes of their sends is none of the dead-letter topic's.
    DeadLetterClients clients = new DeadLetterClients(meters, new DeadLetterState(clock));
    beans.bind("replayClients", clients);
    ReplaySocket socket = new ReplaySocket(context, replay, settings.stateDir());
    context.addLifecycleStrategy(adapt((OnCamelContextStarted) started -> socket.open()));
    OnCamelContextStopping stop =
        stopping -> {
          socket.close();
          replay.stopRun();
          clients.close();
        };
    context.addLifecycleStrategy(adapt(stop));
    return new ManagedReplay(replay);
  }
}
