package io.tributary.operations;

import io.tributary.Settings;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at the start what runs, and where it looks. */
public final class StartBanner {
  private static final Logger LOG = LoggerFactory.getLogger(StartBanner.class);

  private StartBanner() {}

  /** Logs the banner. */
  public static void log(CamelContext context, Settings settings) {
    LOG.info(
        "Starting {} v{} (Camel {}, Java {})",
        settings.serviceName(),
        settings.serviceVersion(),
        context.getVersion(),
        Runtime.version().feature());
    LOG.info(
        "Topics: {} and {} at {}, group {}; dead letters: {}",
        settings.customerTopic(),
        settings.inventoryTopic(),
        settings.bootstrapServers(),
        settings.groupId(),
        settings.deadLetterTopic());
    LOG.info(
        "API: POST {}/api/analytics/data, a batch every {} s or {} messages; state: {}",
        settings.apiBaseUrl(),
        settings.flushInterval().toMillis() / 1000.0,
        settings.maxMessages(),
        settings.stateDir().toAbsolutePath());
    LOG.info(
        "Status: http://{}:{}/observe/health",
        settings.managementHost(),
        settings.managementPort());
  }
}
