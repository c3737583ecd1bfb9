package io.tributary.operations;

import io.tributary.intake.ReadGate;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Readiness is down while an operator has paused the intake. */
public final class IntakeHealthCheck extends ReadinessCheck {
  private final ReadGate gate;

  public IntakeHealthCheck(ReadGate gate) {
    super("intake");
    this.gate = gate;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    ReadGate.Pause pause = gate.pause();
    if (pause == null) {
      builder.up();
    } else {
      builder.message("Nothing is read from Kafka: " + pause).down();
    }
  }
}
