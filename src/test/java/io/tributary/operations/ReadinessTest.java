package io.tributary.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.support.Management;
import io.tributary.support.Ports;
import io.tributary.support.RunningTributary;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
  private final Management management = new Management(Ports.free());

  @TempDir Path state;

  @Test
  void stoppedRoute_isNamedAndNoReasonForARestart() throws Exception {
    try (RunningTributary running = tributary()) {
      // Given
      assertTrue(management.get("/observe/health/ready?data=true").contains("\"routes\""));
      assertEquals(List.of(), Readiness.notStarted(running.context().getRoutes()));

      // When
      running.context().getRouteController().stopRoute("statistics-report");

      // Then
      String ready = management.get("/observe/health/ready?data=true");
      assertTrue(ready.contains("Not started: statistics-report (Stopped)"), ready);
      assertFalse(management.get("/observe/health/live").contains("DOWN"));
    }
  }

  @Test
  void routeThatIsTakenOutMeanwhile_isNotDown() throws Exception {
    try (RunningTributary running = tributary()) {
      // Given the routes as a check sees them when a reload begins
      List<Route> routes = running.context().getRoutes();

      // When
      running.context().getRouteController().stopRoute("statistics-report");
      running.context().removeRoute("statistics-report");

      // Then
      assertEquals(List.of(), Readiness.notStarted(routes));
    }
  }

  private RunningTributary tributary() throws Exception {
    return RunningTributary.with(state, "127.0.0.1:1", "http://127.0.0.1:1")
        .set(Setting.MANAGEMENT_PORT, management.port())
        .start();
  }
}
