package io.tributary.settings;

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
            "tributary.api.timeout-millis", millis(settings, Setting.ANALYTICS_API_TIMEOUT),
            "tributary.merge.flush-interval-millis", millis(settings, Setting.MERGE_FLUSH_INTERVAL),
            "tributary.retry.backoff-base-millis", millis(settings, Setting.RETRY_BACKOFF_BASE)));
  }

  private static String millis(Settings settings, Setting setting) {
    return String.valueOf(settings.seconds(setting).toMillis());
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
