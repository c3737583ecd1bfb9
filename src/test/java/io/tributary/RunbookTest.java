package io.tributary;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.deadletter.DeadLetterState;
import io.tributary.delivery.ApiState;
import io.tributary.event.Reason;
import io.tributary.intake.StreamCondition;
import io.tributary.settings.Setting;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The runbook has a row for whatever an operator can meet. */
class RunbookTest {
  private static final Map<String, Class<? extends Enum<?>>> STATES =
      Map.of(
          "analytics-api", ApiState.Kind.class,
          "kafka", StreamCondition.Kind.class,
          "dead-letter-topic", DeadLetterState.Kind.class);

  @ParameterizedTest
  @EnumSource
  void reason_hasARowAndIsAmongTheHeaders(Reason reason) throws Exception {
    // Given
    String label = "`" + reason.label() + "`";

    // When
    boolean hasRow =
        runbook().lines().anyMatch(l -> l.startsWith("| `") && firstCell(l).contains(label));

    // Then
    assertTrue(hasRow, label);
    assertTrue(
        operating()
            .lines()
            .anyMatch(line -> line.startsWith("| `tributary.reason`") && line.contains(label)),
        label);
  }

  @Test
  void check_hasARowForEachOfItsStates(@TempDir Path state) throws Exception {
    try (RunningTributary running =
        RunningTributary.with(state, "127.0.0.1:1", "http://127.0.0.1:1")
            .set(Setting.SCHEMA_REGISTRY_URL, "http://127.0.0.1:1")
            .start()) {
      // Given
      Set<HealthCheck> checks =
          running.context().getRegistry().findByType(HealthCheck.class).stream()
              .filter(check -> check.getGroup().equals("tributary"))
              .collect(toSet());
      assertEquals(7, checks.size());

      for (HealthCheck check : checks) {
        // When
        Class<? extends Enum<?>> kinds = STATES.get(check.getId());
        Set<String> states =
            kinds == null
                ? Set.of("UP", "DOWN")
                : Arrays.stream(kinds.getEnumConstants()).map(Enum::name).collect(toSet());

        // Then
        for (String name : states) {
          String row = "\\| `" + check.getId() + "` \\| `" + name + "`.*\\|.+\\|.+\\|";
          assertTrue(
              runbook().lines().anyMatch(line -> Pattern.matches(row, line)),
              check.getId() + " " + name);
        }
        assertTrue(!check.isLiveness(), check.getId());
      }
    }
  }

  private static String firstCell(String row) {
    return row.substring(0, row.indexOf('|', 1));
  }

  private static String runbook() throws IOException {
    String after = operating().split("\n## Runbook\n", 2)[1];
    return after.split("\n## ", 2)[0];
  }

  private static String operating() throws IOException {
    return Files.readString(Path.of("docs/operating.md"));
  }
}
