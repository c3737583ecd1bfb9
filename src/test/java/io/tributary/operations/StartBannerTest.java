package io.tributary.operations;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.CamelContexts;
import java.util.List;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

/** What the start says. */
class StartBannerTest {
  @Test
  void banner_hasWhatRunsAndWhereItLooks_inSixLinesAtTheMost() {
    // Given
    CamelContext context = CamelContexts.notStarted();
    Settings settings = Settings.from(Setting::defaultValue);

    // When
    List<String> lines = StartBanner.lines(context, settings);

    // Then
    assertTrue(lines.size() <= 6, lines.toString());
    String banner = String.join("\n", lines);
    for (String part :
        List.of(
            settings.text(Setting.SERVICE_NAME) + " v" + settings.text(Setting.SERVICE_VERSION),
            "Camel " + context.getVersion(),
            "localhost:9093, group tributary; dead letters: tributary_dead_letters",
            "http://localhost:8081/api/analytics/data",
            settings.stateDir().toAbsolutePath().toString(),
            "http://127.0.0.1:9876/")) {
      assertTrue(banner.contains(part), () -> part + " in\n" + banner);
    }
    assertFalse(banner.contains("customer_data"), "The routes say what is read\n" + banner);
  }
}
