package io.tributary.replay;

import io.tributary.decode.EventDecoder;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.logging.LogText;
import io.tributary.memory.OutOfMemory;
import io.tributary.merge.Sections;
import io.tributary.replay.ReplayRun.Outcome;
import io.tributary.replay.ReplayRun.State;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Hands the dead letters to the route {@code dead-letter-replay}, one replay at a time, and is told
 * by it what became of each. Safe for several threads.
 */
public final class Replay {
  private static final String ROUTE = "dead-letter-replay";

  private final CamelContext context;
  private final String topic;
  private final Sections sections;
  private final EventDecoder decoder;
  private final IdempotentRepository replayed;
  private final ExecutorService thread;
  private volatile ReplayRun run = ReplayRun.none();

  /**
   * @param topic of the dead letters
   * @param decoder tells whether a record can be used now
   * @param replayed remembers what was replayed, over restarts
   */
  public Replay(
      CamelContext context,
      String topic,
      Sections sections,
      EventDecoder decoder,
      IdempotentRepository replayed) {
    this.context = context;
    this.topic = topic;
    this.sections = sections;
    this.decoder = decoder;
    this.replayed = replayed;
    this.thread = context.getExecutorServiceManager().newSingleThreadExecutor(this, "replay");
  }

  /** The replay that runs, or else the last one. */
  public ReplayRun run() {
    return run;
  }

  /**
   * Starts a replay, and waits for its end as long as that is worth it.
   *
   * @param dry only lists what would be replayed
   * @throws IllegalStateException when one is running
   */
  public synchronized ReplayRun start(ReplayFilter filter, boolean dry, Duration patience) {
    if (run.state() == State.RUNNING) {
      throw new IllegalStateException("Not before this one has ended: " + run.summary());
    }
    ReplayRun started = ReplayRun.begin(filter, dry);
    run = started;
    Future<?> end = thread.submit(() -> execute(started));
    try {
      end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException goesOn) {
      return started;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The replay has failed", e);
    }
    return started;
  }

  /** Stops the replay that runs after the dead letter that it is at. */
  public void stopRun() {
    run.stop();
  }

  private void execute(ReplayRun current) {
    try (ProducerTemplate template = context.createProducerTemplate();
        LetterReader letters = new LetterReader(client(), topic, current::isStopped)) {
      context.getRouteController().startRoute(ROUTE);
      Exchange exchange =
          template.send("direct:" + ROUTE, prepared -> prepared.getIn().setBody(letters));
      Exception failure = exchange.getException();
      if (failure != null) {
        throw failure;
      }
      current.end(current.isStopped() ? State.STOPPED : State.DONE, "");
    } catch (Exception | Error e) {
      OutOfMemory.endIfAmong(e);
      current.end(State.FAILED, LogText.oneLine(words(e), 300) + "; start it again");
    } finally {
      stopRoute();
    }
  }

  private void stopRoute() {
    try {
      context.getRouteController().stopRoute(ROUTE);
    } catch (Exception e) {
      throw new IllegalStateException("The route " + ROUTE + " cannot be stopped", e);
    }
  }

  /** Whether a dead letter is to be sent back; of a dry run none is. */
  public boolean isWanted(@Body StoredLetter letter) {
    ReplayRun current = run;
    if (!current.filter().admits(letter)) {
      return false;
    }
    Decoded decoded = letter.isBatch() || letter.omitted() ? null : decoder.decode(letter.source());
    String messageId = decoded instanceof Event event ? event.messageId() : null;
    if (!current.filter().admitsId(letter, messageId)) {
      return false;
    }
    String obstacle = obstacle(letter, decoded);
    if (replayed.contains(letter.identity())) {
      current.add(letter, Outcome.ALREADY_REPLAYED, "");
    } else if (!obstacle.isEmpty()) {
      current.add(letter, Outcome.UNUSABLE, obstacle);
    } else if (current.isDry()) {
      current.add(letter, Outcome.TO_REPLAY, "");
    } else {
      return true;
    }
    return false;
  }

  /** It was sent back. */
  public void replayed(@Variable("letter") StoredLetter letter) {
    run.add(letter, Outcome.REPLAYED, "");
  }

  /** The API has refused it again: it stays what it is. */
  public void refused(@Variable("letter") StoredLetter letter, Exchange exchange) {
    HttpOperationFailedException answer =
        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, HttpOperationFailedException.class);
    run.add(letter, Outcome.REFUSED, "status " + answer.getStatusCode());
  }

  /** Why it cannot be sent back; empty when it can. */
  private String obstacle(StoredLetter letter, @Nullable Decoded decoded) {
    if (letter.omitted()) {
      return "the value was too large, and is only at its place in the source topic";
    }
    if (letter.isBatch()) {
      return letter.value() == null ? "it has no value" : "";
    }
    if (!sections.topics().contains(letter.topic())) {
      return "its topic is not read";
    }
    return decoded instanceof DeadLetter still ? "still so: " + still.reason().sentence() : "";
  }

  /** With the same brokers and credentials as the routes. */
  private Properties client() {
    KafkaConfiguration kafka =
        context.getComponent("kafka", KafkaComponent.class).getConfiguration().copy();
    Properties client = kafka.createConsumerProperties();
    client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.getBrokers());
    return client;
  }

  private static String words(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof ReplayException)) {
      root = root.getCause();
    }
    return root instanceof ReplayException said
        ? String.valueOf(said.getMessage())
        : root.toString();
  }
}
