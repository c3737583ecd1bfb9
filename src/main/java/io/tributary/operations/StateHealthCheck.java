package io.tributary.operations;

import io.tributary.store.Store;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Readiness is down while the state folder cannot be written: then Kafka is not read. */
public final class StateHealthCheck extends ReadinessCheck {
  private final Store store;

  public StateHealthCheck(Store store) {
    super("state-folder");
    this.store = store;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    String trouble = store.trouble();
    if (trouble == null) {
      builder.up();
    } else {
      builder.message("Nothing is read from Kafka: " + trouble).down();
    }
  }
}
