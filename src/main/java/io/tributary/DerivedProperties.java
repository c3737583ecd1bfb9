package io.tributary;

import io.tributary.delivery.DeliveryDelays;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.spi.PropertiesSource;
import org.jspecify.annotations.Nullable;

/** What the routes need of the settings in another form than the one that was written. */
record DerivedProperties(Map<String, String> values) implements PropertiesSource {
  static DerivedProperties of(Settings settings) {
    return new DerivedProperties(
        Map.of(
            "tributary.api.url", settings.batchUrl(),
            "tributary.api.timeout-millis", millis(settings.apiTimeout()),
            "tributary.merge.flush-interval-millis", millis(settings.flushInterval()),
            "tributary.delivery.delays", DeliveryDelays.pattern(settings)));
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
