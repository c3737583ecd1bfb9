package io.tributary.operations;

import io.tributary.intake.ConsumerStates;
import io.tributary.intake.StreamCondition;
import io.tributary.merge.Sections;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Readiness is down while a stream is not read: no broker answers, the topic does not exist, or its
 * consumers are not in the group. Camel's own check looks into the client by reflection, and takes
 * a subclass of it for ready.
 */
public final class KafkaHealthCheck extends ReadinessCheck {
  private final Sections sections;
  private final ConsumerStates consumers;
  private final Settings settings;

  public KafkaHealthCheck(Sections sections, ConsumerStates consumers, Settings settings) {
    super("kafka");
    this.sections = sections;
    this.consumers = consumers;
    this.settings = settings;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    List<String> troubles = new ArrayList<>();
    for (Map.Entry<String, Integer> stream : sections.consumers().entrySet()) {
      String topic = stream.getKey();
      StreamCondition condition = consumers.of(topic, stream.getValue());
      builder.detail("kafka." + topic + ".state", condition.kind().name());
      builder.detail("kafka." + topic + ".since", condition.since().toString());
      if (condition.kind() != StreamCondition.Kind.MEMBER) {
        troubles.add(topic + ": " + words(condition, stream.getValue()));
      }
    }
    if (troubles.isEmpty()) {
      builder.up();
    } else {
      builder.message("Kafka is not read: " + String.join("; ", troubles)).down();
    }
  }

  private String words(StreamCondition condition, int expected) {
    String what =
        switch (condition.kind()) {
          case REFUSED -> "refused";
          case UNREACHABLE ->
              "no broker answers at " + settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS);
          case NO_TOPIC -> "the topic does not exist";
          case UNREADABLE -> "cannot be read";
          case NO_CONSUMER -> "not all of its consumers run (" + expected + " expected)";
          case NOT_A_MEMBER -> "not a member of the group " + settings.text(Setting.KAFKA_GROUP_ID);
          case MEMBER -> "member of the group " + settings.text(Setting.KAFKA_GROUP_ID);
        };
    String detail = condition.detail().isEmpty() ? "" : " (" + condition.detail() + ")";
    return what + detail + " since " + condition.since();
  }
}
