package io.tributary.settings;

import io.tributary.dedupe.ContentDedupe;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings, typed and checked once at the start.
 *
 * @param bootstrapServers brokers, {@code host:port} separated by commas
 * @param customerTopic topic of the customers
 * @param inventoryTopic topic of the products
 * @param groupId consumer group
 * @param customerConsumers consumer threads on the customers' topic
 * @param inventoryConsumers consumer threads on the products' topic
 * @param commitsStored whether offsets are committed as soon as their records are stored, not when
 *     they are delivered
 * @param kafkaSecurity how the Kafka clients identify themselves and whom they trust
 * @param apiBaseUrl where the analytics API is, without a slash at the end
 * @param apiTimeout limit of one call
 * @param apiAccess how it signs in at the API, and reaches it
 * @param maxRetries quick tries after the first
 * @param backoffBase delay before the first retry
 * @param backoffMultiplier factor from one delay to the next
 * @param splitRefusedBatches whether a batch that the API refuses is halved
 * @param rememberedKeys message IDs remembered, and as many payload entries
 * @param rememberedFor how long a key is remembered
 * @param contentDedupe how content is compared
 * @param flushInterval longest time from a batch's first message to its completion
 * @param maxMessages messages in a batch at the most
 * @param maxBytes bytes of a POST's body at the most, but for a single message that is larger
 * @param stateDir the folder of the store
 * @param maxPendingBatches undelivered batches at which reading pauses
 * @param deadLetterTopic where refused records and batches go
 * @param serviceName {@code metadata.source} of a batch
 * @param serviceVersion {@code metadata.version} of a batch
 * @param managementHost address that the management port binds to
 * @param managementPort health, metrics, Jolokia, status page
 * @param managementAccess who may do what over Jolokia
 * @param logLevel level of the program's own log
 * @param logFormat {@code text}, or {@code json} for one object a line
 * @param reloadRoutes whether edited routes take effect while it runs
 * @param tracing whether batches are traced
 */
public record Settings(
    String bootstrapServers,
    String customerTopic,
    String inventoryTopic,
    String groupId,
    int customerConsumers,
    int inventoryConsumers,
    boolean commitsStored,
    KafkaSecurity kafkaSecurity,
    URI apiBaseUrl,
    Duration apiTimeout,
    ApiAccess apiAccess,
    int maxRetries,
    Duration backoffBase,
    double backoffMultiplier,
    boolean splitRefusedBatches,
    int rememberedKeys,
    Duration rememberedFor,
    ContentDedupe contentDedupe,
    Duration flushInterval,
    int maxMessages,
    int maxBytes,
    Path stateDir,
    int maxPendingBatches,
    String deadLetterTopic,
    String serviceName,
    String serviceVersion,
    String managementHost,
    int managementPort,
    ManagementAccess managementAccess,
    String logLevel,
    String logFormat,
    boolean reloadRoutes,
    boolean tracing) {

  /** What {@link #isTopic} allows. */
  public static final String TOPICS =
      "a topic's name of 1 to 249 letters, digits, '.', '_', '-' is allowed";

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  private static final List<String> LOG_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  private static final List<String> LOG_FORMATS = List.of("text", "json");

  /** Whether Kafka takes that as the name of a topic. */
  public static boolean isTopic(String name) {
    return TOPIC.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** Where a batch is posted to. */
  public String batchUrl() {
    return apiBaseUrl + "/api/analytics/data";
  }

  /** Looks up the text of a setting; null when the file has no line for it. */
  @FunctionalInterface
  public interface Source {
    @Nullable String valueOf(Setting setting);
  }

  /**
   * Reads and checks every setting.
   *
   * @throws SettingException for the first one whose value cannot be used
   */
  public static Settings from(Source source) {
    SettingsReader read = new SettingsReader(source);
    Map<String, Setting> topics = new HashMap<>();
    return new Settings(
        read.brokers(Setting.KAFKA_BOOTSTRAP_SERVERS),
        read.topic(Setting.KAFKA_CUSTOMER_TOPIC, topics),
        read.topic(Setting.KAFKA_INVENTORY_TOPIC, topics),
        read.line(Setting.KAFKA_GROUP_ID),
        read.whole(Setting.KAFKA_CUSTOMER_CONSUMERS, 1, 64),
        read.whole(Setting.KAFKA_INVENTORY_CONSUMERS, 1, 64),
        read.oneOf(Setting.KAFKA_COMMIT, List.of("delivered", "stored")).equals("stored"),
        KafkaSecurity.from(read),
        read.url(Setting.ANALYTICS_API_BASE_URL),
        read.seconds(Setting.ANALYTICS_API_TIMEOUT, "0.1", "3600"),
        ApiAccess.from(read),
        read.whole(Setting.MAX_RETRIES, 0, 100),
        read.seconds(Setting.RETRY_BACKOFF_BASE, "0", "3600"),
        read.decimal(Setting.RETRY_BACKOFF_MULTIPLIER, "a number", "1", "100").doubleValue(),
        read.oneOf(Setting.SPLIT_REFUSED_BATCHES, List.of("true", "false")).equals("true"),
        read.whole(Setting.IDEMPOTENCY_CACHE_SIZE, 1, 100_000_000),
        read.seconds(Setting.IDEMPOTENCY_CACHE_TTL, "0.1", "31536000"),
        read.contentDedupe(Setting.CONTENT_DEDUPE),
        read.seconds(Setting.MERGE_FLUSH_INTERVAL, "0.1", "86400"),
        read.whole(Setting.MERGE_MAX_MESSAGES, 1, 10_000_000),
        read.whole(Setting.MERGE_MAX_BYTES, 1_000, 1_000_000_000),
        read.path(Setting.MERGE_STATE_DIR),
        read.whole(Setting.MERGE_MAX_PENDING_BATCHES, 1, 100_000),
        read.topic(Setting.DEAD_LETTER_TOPIC, topics),
        read.line(Setting.SERVICE_NAME),
        read.line(Setting.SERVICE_VERSION),
        read.line(Setting.MANAGEMENT_HOST),
        read.whole(Setting.MANAGEMENT_PORT, 1, 65_535),
        ManagementAccess.from(read),
        read.oneOf(Setting.LOG_LEVEL, LOG_LEVELS),
        read.oneOf(Setting.LOG_FORMAT, LOG_FORMATS),
        read.oneOf(Setting.ROUTES_RELOAD, List.of("true", "false")).equals("true"),
        read.oneOf(Setting.TRACING, List.of("off", "otlp")).equals("otlp"));
  }
}
