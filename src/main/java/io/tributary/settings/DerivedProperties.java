package io.tributary.settings;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.spi.PropertiesSource;
import org.jspecify.annotations.Nullable;

/** What the routes need of the settings in another form than the one that was written. */
public record DerivedProperties(Map<String, String> values) implements PropertiesSource {
  /** The properties for these settings. */
  public static DerivedProperties of(Settings settings) {
    return new DerivedProperties(
        Map.of(
            "tributary.api.url", settings.batchUrl(),
            "tributary.api.timeout-millis", millis(settings.apiTimeout()),
            "tributary.merge.flush-interval-millis", millis(settings.flushInterval()),
            "tributary.retry.backoff-base-millis", millis(settings.backoffBase())));
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toMillis());
  }

  @Override
  public String getName() {
    return "derived";
  }

  @Override
  public @Nullable String getProperty(String name) {
    return values.get(name);
  }
}
