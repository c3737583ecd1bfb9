package io.tributary.operations;

import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.util.List;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at the start what runs, and where it looks. */
public final class StartBanner {
  private static final Logger LOG = LoggerFactory.getLogger(StartBanner.class);

  private StartBanner() {}

  public static void log(CamelContext context, Settings settings) {
    lines(context, settings).forEach(LOG::info);
  }

  static List<String> lines(CamelContext context, Settings settings) {
    return List.of(
        "Starting %s v%s (Camel %s, Java %d)"
            .formatted(
                settings.text(Setting.SERVICE_NAME),
                settings.text(Setting.SERVICE_VERSION),
                context.getVersion(),
                Runtime.version().feature()),
        "Kafka: %s, group %s; dead letters: %s"
            .formatted(
                settings.text(Setting.KAFKA_BOOTSTRAP_SERVERS),
                settings.text(Setting.KAFKA_GROUP_ID),
                settings.text(Setting.DEAD_LETTER_TOPIC)),
        "API: POST %s, a batch every %s s or %d messages"
            .formatted(
                settings.batchUrl(),
                settings.seconds(Setting.MERGE_FLUSH_INTERVAL).toMillis() / 1000.0,
                settings.whole(Setting.MERGE_MAX_MESSAGES)),
        "State folder: %s".formatted(settings.stateDir().toAbsolutePath().normalize()),
        "Status page: http://%s:%d/"
            .formatted(
                settings.text(Setting.MANAGEMENT_HOST), settings.whole(Setting.MANAGEMENT_PORT)));
  }
}
