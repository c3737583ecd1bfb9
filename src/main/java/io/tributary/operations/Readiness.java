package io.tributary.operations;

import io.tributary.deadletter.DeadLetterState;
import io.tributary.delivery.ApiState;
import io.tributary.intake.ConsumerStates;
import io.tributary.intake.ReadGate;
import io.tributary.intake.StreamCondition;
import io.tributary.logging.LogText;
import io.tributary.merge.Sections;
import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.jspecify.annotations.Nullable;

/**
 * A check of readiness. It says nothing of whether the process is alive: no restart mends what it
 * is about.
 */
public final class Readiness extends AbstractHealthCheck {
  /** Adds details, and says why readiness is down; null when it is up. */
  private final Function<HealthCheckResultBuilder, @Nullable String> trouble;

  private Readiness(String name, Function<HealthCheckResultBuilder, @Nullable String> trouble) {
    super("tributary", name);
    this.trouble = trouble;
  }

  @Override
  public boolean isLiveness() {
    return false;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    String message = trouble.apply(builder);
    if (message == null) {
      builder.up();
    } else {
      builder.message(message).down();
    }
  }

  /** Down while the API refuses for a reason that a retry will not mend. */
  public static Readiness ofApi(ApiState api) {
    return new Readiness(
        "analytics-api",
        details -> {
          ApiState.Answer answer = api.last();
          details.detail("api.state", answer.kind().name());
          details.detail("api.detail", answer.detail());
          details.detail("api.since", answer.since().toString());
          return answer.kind() == ApiState.Kind.REFUSING
              ? "The analytics API refuses batches: " + answer.detail()
              : null;
        });
  }

  /** Down while dead letters cannot be written: what they belong to waits for them. */
  public static Readiness ofDeadLetters(String topic, DeadLetterState state) {
    return new Readiness(
        "dead-letter-topic",
        details -> {
          DeadLetterState.Outcome last = state.last();
          details.detail("dead-letter-topic.state", last.kind().name());
          details.detail("dead-letter-topic.since", last.since().toString());
          return last.kind() == DeadLetterState.Kind.NOT_WRITABLE
              ? "%s cannot be written since %s, tried again: %s"
                  .formatted(topic, last.since(), LogText.oneLine(last.detail(), 300))
              : null;
        });
  }

  /** Down while a schema registry cannot be asked: records that need it are read again. */
  public static Readiness ofRegistry(SchemaRegistry registry) {
    return new Readiness("schema-registry", details -> registry.trouble());
  }

  /** Down while an operator has paused the intake. */
  public static Readiness ofIntake(ReadGate gate) {
    return new Readiness(
        "intake", details -> gate.pause() == null ? null : notRead(String.valueOf(gate.pause())));
  }

  /** Down while the state folder cannot be written: then Kafka is not read. */
  public static Readiness ofStore(Store store) {
    return new Readiness(
        "state-folder",
        details -> {
          String trouble = store.trouble();
          return trouble == null ? null : notRead(trouble);
        });
  }

  private static String notRead(String why) {
    return "Nothing is read from Kafka: " + why;
  }

  /**
   * Down while a stream is not read: no broker answers, the topic does not exist, or its consumers
   * are not in the group. Camel's own check looks into the client by reflection, and takes a
   * subclass of it for ready.
   */
  public static Readiness ofKafka(Sections sections, ConsumerStates consumers, Settings settings) {
    return new Readiness(
        "kafka",
        details -> {
          List<String> troubles = new ArrayList<>();
          sections
              .consumers()
              .forEach(
                  (topic, expected) -> {
                    StreamCondition condition = consumers.of(topic, expected);
                    details.detail("kafka." + topic + ".state", condition.kind().name());
                    details.detail("kafka." + topic + ".since", condition.since().toString());
                    if (condition.kind() != StreamCondition.Kind.MEMBER) {
                      troubles.add(topic + ": " + words(condition, expected, settings));
                    }
                  });
          return troubles.isEmpty() ? null : "Kafka is not read: " + String.join("; ", troubles);
        });
  }

  private static String words(StreamCondition condition, int expected, Settings settings) {
    String what =
        switch (condition.kind()) {
          case REFUSED -> "refused";
          case UNREACHABLE ->
              "no broker answers at " + settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS);
          case NO_TOPIC -> "the topic does not exist";
          case UNREADABLE -> "cannot be read";
          case NO_CONSUMER -> "not all of its consumers run (" + expected + " expected)";
          case NOT_A_MEMBER, MEMBER ->
              "not a member of the group " + settings.text(Setting.KAFKA_GROUP_ID);
        };
    String detail = condition.detail().isEmpty() ? "" : " (" + condition.detail() + ")";
    return what + detail + " since " + condition.since();
  }

  /**
   * Down while a route that starts by itself is not started. Camel's own check of a route fails
   * with an exception when the route is taken out meanwhile, as a reload does.
   */
  public static Readiness ofRoutes(CamelContext context) {
    return new Readiness(
        "routes",
        details -> {
          List<String> troubles = notStarted(context.getRoutes());
          return troubles.isEmpty() ? null : "Not started: " + String.join(", ", troubles);
        });
  }

  /** Those of the routes that are not started, with their states; one that is gone is not. */
  static List<String> notStarted(List<Route> routes) {
    List<String> troubles = new ArrayList<>();
    for (Route route : routes) {
      ServiceStatus status =
          route.getCamelContext().getRouteController().getRouteStatus(route.getRouteId());
      if (route.isAutoStartup() && status != null && !status.isStarted()) {
        troubles.add(route.getRouteId() + " (" + status + ")");
      }
    }
    return troubles;
  }
}
