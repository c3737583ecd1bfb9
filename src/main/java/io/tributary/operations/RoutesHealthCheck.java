package io.tributary.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Readiness is down while a route that starts by itself is not started. Camel's own check of a
 * route fails with an exception when the route is taken out meanwhile, as a reload does.
 */
public final class RoutesHealthCheck extends ReadinessCheck {
  public RoutesHealthCheck() {
    super("routes");
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    List<String> troubles = troubles(getCamelContext().getRoutes());
    if (troubles.isEmpty()) {
      builder.up();
    } else {
      builder.message("Not started: " + String.join(", ", troubles)).down();
    }
  }

  /** Those of the routes that are not started, with their states; one that is gone is not. */
  static List<String> troubles(List<Route> routes) {
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
