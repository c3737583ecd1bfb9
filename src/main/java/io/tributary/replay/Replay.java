package io.tributary.replay;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import io.tributary.decode.EventDecoder;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Reason;
import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import io.tributary.memory.OutOfMemory;
import io.tributary.merge.Sections;
import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.OnCamelContextInitializing;
import org.apache.camel.support.LRUCacheFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * One replay, or a dry run of one: hands each dead letter that is meant to the route {@code
 * dead-letter-return}, and says what became of it. Runs in one thread; any may stop it.
 */
public final class Replay {
  private static final Set<String> ROUTES = Set.of("dead-letter-return", "api-call");

  /** Of two letters that are one, since it was written twice, the second follows soon. */
  private static final int IDENTITIES = 100_000;

  /**
   * Which dead letters are meant; what is null lets all pass.
   *
   * @param id an event id, a message ID, or a record's place as {@code topic-partition@offset}
   * @param dry whether only to list them
   */
  public record Request(
      @Nullable Reason reason,
      @Nullable Instant notBefore,
      @Nullable Instant notAfter,
      @Nullable String id,
      boolean dry) {}

  private final Request request;
  private final Consumer<String> out;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final Set<String> sentBack =
      Collections.newSetFromMap(LRUCacheFactory.newLRUCache(IDENTITIES));
  private List<String> topics = List.of();
  private volatile boolean stopped;

  /**
   * One that is still to run.
   *
   * @param out gets a line for each dead letter that is meant, and in the end the figures
   */
  public Replay(Request request, Consumer<String> out) {
    this.request = request;
    this.out = out;
    List.of("to replay", "replayed", "already replayed", "unusable", "refused")
        .forEach(outcome -> counts.put(outcome, 0));
  }

  /** Of all routes that a context reads it starts those of a replay alone. */
  public void chooseRoutes(CamelContext context) {
    OnCamelContextInitializing choose =
        initializing -> {
          topics = new Sections(context).topics();
          for (RouteDefinition route : ((ModelCamelContext) context).getRouteDefinitions()) {
            String wanted = String.valueOf(ROUTES.contains(route.getRouteId()));
            route.setPrecondition(wanted);
            route.setAutoStartup(wanted);
          }
        };
    context.addLifecycleStrategy(adapt(choose));
  }

  /** Ends it after the dead letter that it is at. */
  public void stop() {
    stopped = true;
  }

  /**
   * Goes through the dead letters once.
   *
   * @param context has started
   * @return whether all was done
   */
  public boolean run(CamelContext context, Settings settings) {
    KafkaConfiguration kafka =
        context.getComponent("kafka", KafkaComponent.class).getConfiguration();
    String brokers = settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS);
    String group = settings.text(Setting.KAFKA_GROUP_ID) + "-replay";
    Properties client = kafka.createConsumerProperties();
    client.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    client.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    // What the registry does not know now is not waited for.
    SchemaRegistry registry = SchemaRegistry.of(settings, Duration.ZERO);
    EventDecoder decoder = new EventDecoder(settings.contentDedupe(), registry);
    try (ProducerTemplate routes = context.createProducerTemplate();
        LetterReader letters =
            new LetterReader(client, settings.text(Setting.DEAD_LETTER_TOPIC), !request.dry())) {
      if (!letters.isRemembering()) {
        out.accept("No earlier replay is remembered by the group " + group);
      }
      while (!stopped && !letters.isAtEnd()) {
        for (StoredLetter letter : letters.poll()) {
          if (!stopped) {
            look(letter, letters, decoder, routes);
          }
        }
      }
      return end(stopped ? "STOPPED" : "DONE", "");
    } catch (Exception e) {
      OutOfMemory.endIfAmong(e);
      String at = e instanceof KafkaException ? "Kafka at " + brokers + ": " : "";
      String words = LogText.urlsIn(String.valueOf(Causes.root(e).getMessage()));
      return end("FAILED", "; " + at + LogText.oneLine(words, 500) + "; start it again");
    }
  }

  private void look(
      StoredLetter letter, LetterReader letters, EventDecoder decoder, ProducerTemplate routes)
      throws Exception {
    ReplayedOffsets offsets = letters.offsets(letter.stored());
    long offset = letter.stored().offset();
    boolean done = offsets.contains(offset) || sentBack.contains(letter.identity());
    if (done) {
      offsets.add(offset);
      sentBack.add(letter.identity());
    }
    if (!isMeant(letter)) {
      return;
    }
    // Only now, since a registry that is away ends the replay.
    Decoded decoded = letter.eventId() == null ? decoder.decode(letter.source()) : null;
    if (!hasId(letter, decoded)) {
      return;
    }
    String obstacle = obstacle(letter, decoded);
    if (done) {
      note(letter, "already replayed", "");
    } else if (!obstacle.isEmpty()) {
      note(letter, "unusable", ", " + obstacle);
    } else if (request.dry()) {
      note(letter, "to replay", "");
    } else {
      OffsetAndMetadata afterwards = offsets.with(offset);
      Exchange sent = send(letter, routes);
      Object refusal = sent.getVariable("refusal");
      if (refusal == null) {
        letters.commit(letter.stored(), afterwards);
        offsets.add(offset);
        sentBack.add(letter.identity());
        note(letter, "replayed", "");
      } else {
        note(letter, "refused", ", status " + refusal);
      }
    }
  }

  private static Exchange send(StoredLetter letter, ProducerTemplate routes) throws Exception {
    Exchange sent = routes.send("direct:dead-letter-return", made -> made.getIn().setBody(letter));
    if (sent.getException() != null) {
      throw sent.getException();
    }
    return sent;
  }

  private boolean isMeant(StoredLetter letter) {
    return (request.reason() == null || request.reason().label().equals(letter.reason()))
        && (request.notBefore() == null || !letter.time().isBefore(request.notBefore()))
        && (request.notAfter() == null || !letter.time().isAfter(request.notAfter()));
  }

  private boolean hasId(StoredLetter letter, @Nullable Decoded decoded) {
    String id = request.id();
    return id == null
        || id.equals(letter.eventId())
        || id.equals(letter.source().toString())
        || (decoded instanceof Event event && id.equals(event.messageId()));
  }

  /** Why it cannot be sent back; empty when it can. */
  private String obstacle(StoredLetter letter, @Nullable Decoded decoded) {
    if (letter.source().value() == null) {
      return "it has no value; one that was too large is at its place in the source topic only";
    }
    if (decoded != null && !topics.contains(letter.source().partition().topic())) {
      return "its topic is not read";
    }
    return decoded instanceof DeadLetter still ? "still so: " + still.reason().sentence() : "";
  }

  private void note(StoredLetter letter, String outcome, String detail) {
    counts.merge(outcome, 1, Integer::sum);
    // Its headers are whose they may be.
    out.accept(LogText.oneLine(letter + ": " + outcome + detail));
  }

  private boolean end(String how, String why) {
    int found = counts.values().stream().mapToInt(Integer::intValue).sum();
    String figures = counts.toString().replaceAll("[{}]", "");
    String name = request.dry() ? "Dry run of a replay" : "Replay";
    out.accept("%s %s: found=%d, %s%s".formatted(name, how, found, figures, why));
    return how.equals("DONE");
  }
}
