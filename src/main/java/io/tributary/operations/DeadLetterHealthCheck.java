package io.tributary.operations;

import io.tributary.deadletter.DeadLetterState;
import io.tributary.logging.LogText;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Readiness is down while dead letters cannot be written: what they belong to waits for them. */
public final class DeadLetterHealthCheck extends ReadinessCheck {
  private final String topic;
  private final DeadLetterState state;

  public DeadLetterHealthCheck(String topic, DeadLetterState state) {
    super("dead-letter-topic");
    this.topic = topic;
    this.state = state;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    DeadLetterState.Outcome last = state.last();
    builder.detail("dead-letter-topic.state", last.kind().name());
    builder.detail("dead-letter-topic.since", last.since().toString());
    if (last.kind() == DeadLetterState.Kind.NOT_WRITABLE) {
      String why = LogText.oneLine(last.detail(), 300);
      builder
          .message(topic + " cannot be written since " + last.since() + ", tried again: " + why)
          .down();
    } else {
      builder.up();
    }
  }
}
