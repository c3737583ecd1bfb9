package io.tributary.operations;

import io.tributary.delivery.ApiState;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Readiness is down while the API refuses for a reason that a retry will not mend. */
public final class ApiHealthCheck extends ReadinessCheck {
  private final ApiState api;

  public ApiHealthCheck(ApiState api) {
    super("analytics-api");
    this.api = api;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    ApiState.Answer answer = api.last();
    builder.detail("api.state", answer.kind().name());
    builder.detail("api.detail", answer.detail());
    builder.detail("api.since", answer.since().toString());
    if (answer.kind() == ApiState.Kind.REFUSING) {
      builder.message("The analytics API refuses batches: " + answer.detail()).down();
    } else {
      builder.up();
    }
  }
}
