package io.tributary;

import io.tributary.dedupe.ContentDedupe;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
 * @param apiBaseUrl where the analytics API is, without a slash at the end
 * @param apiTimeout limit of one call
 * @param maxRetries quick tries after the first
 * @param backoffBase delay before the first retry
 * @param backoffMultiplier factor from one delay to the next
 * @param rememberedKeys message IDs remembered, and as many payload entries
 * @param rememberedFor how long a key is remembered
 * @param contentDedupe how content is compared
 * @param flushInterval longest time from a batch's first message to its completion
 * @param maxMessages messages in a batch at the most
 * @param maxBytes bytes of a POST's body at the most, but for a single message that is larger
 * @param stateDir the LevelDB folder
 * @param maxPendingBatches undelivered batches at which reading pauses
 * @param deadLetterTopic where refused records and batches go
 * @param serviceName {@code metadata.source} of a batch
 * @param serviceVersion {@code metadata.version} of a batch
 * @param managementHost address that the management port binds to
 * @param managementPort health, metrics, Jolokia, status page
 * @param managementAccess who may do what over Jolokia
 * @param logLevel level of the program's own log
 * @param logFormat {@code text}, or {@code json} for one object a line
 */
public record Settings(
    String bootstrapServers,
    String customerTopic,
    String inventoryTopic,
    String groupId,
    int customerConsumers,
    int inventoryConsumers,
    URI apiBaseUrl,
    Duration apiTimeout,
    int maxRetries,
    Duration backoffBase,
    double backoffMultiplier,
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
    String logFormat) {

  private static final Pattern BROKER =
      Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s,/]+):(\\d{1,5})");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final List<String> LOG_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  private static final List<String> LOG_FORMATS = List.of("text", "json");

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
    Reader read = new Reader(source);
    Map<String, Setting> topics = new HashMap<>();
    return new Settings(
        read.brokers(Setting.KAFKA_BOOTSTRAP_SERVERS),
        read.topic(Setting.KAFKA_CUSTOMER_TOPIC, topics),
        read.topic(Setting.KAFKA_INVENTORY_TOPIC, topics),
        read.text(Setting.KAFKA_GROUP_ID),
        read.whole(Setting.KAFKA_CUSTOMER_CONSUMERS, 1, 64),
        read.whole(Setting.KAFKA_INVENTORY_CONSUMERS, 1, 64),
        read.url(Setting.ANALYTICS_API_BASE_URL),
        read.seconds(Setting.ANALYTICS_API_TIMEOUT, "0.1", "3600"),
        read.whole(Setting.MAX_RETRIES, 0, 100),
        read.seconds(Setting.RETRY_BACKOFF_BASE, "0", "3600"),
        read.decimal(Setting.RETRY_BACKOFF_MULTIPLIER, "a number", "1", "100").doubleValue(),
        read.whole(Setting.IDEMPOTENCY_CACHE_SIZE, 1, 100_000_000),
        read.seconds(Setting.IDEMPOTENCY_CACHE_TTL, "0.1", "31536000"),
        read.contentDedupe(Setting.CONTENT_DEDUPE),
        read.seconds(Setting.MERGE_FLUSH_INTERVAL, "0.1", "86400"),
        read.whole(Setting.MERGE_MAX_MESSAGES, 1, 10_000_000),
        read.whole(Setting.MERGE_MAX_BYTES, 1_000, 1_000_000_000),
        read.path(Setting.MERGE_STATE_DIR),
        read.whole(Setting.MERGE_MAX_PENDING_BATCHES, 1, 100_000),
        read.topic(Setting.DEAD_LETTER_TOPIC, topics),
        read.text(Setting.SERVICE_NAME),
        read.text(Setting.SERVICE_VERSION),
        read.text(Setting.MANAGEMENT_HOST),
        read.whole(Setting.MANAGEMENT_PORT, 1, 65_535),
        ManagementAccess.from(read::text),
        read.oneOf(Setting.LOG_LEVEL, LOG_LEVELS),
        read.oneOf(Setting.LOG_FORMAT, LOG_FORMATS));
  }

  private record Reader(Source source) {

    String text(Setting setting) {
      String value = source.valueOf(setting);
      if (value == null) {
        return setting.defaultValue();
      }
      if (value.isBlank()) {
        throw new SettingException(setting, value, "it must not be blank");
      }
      return value.strip();
    }

    int whole(Setting setting, int min, int max) {
      String value = text(setting);
      try {
        int number = Integer.parseInt(value);
        if (number >= min && number <= max) {
          return number;
        }
      } catch (NumberFormatException notANumber) {
        // refused below, as a number out of range is
      }
      throw new SettingException(
          setting, value, "a whole number from " + min + " to " + max + " is allowed");
    }

    Duration seconds(Setting setting, String min, String max) {
      BigDecimal seconds = decimal(setting, "a number of seconds", min, max);
      return Duration.ofNanos(seconds.movePointRight(9).longValue());
    }

    BigDecimal decimal(Setting setting, String what, String min, String max) {
      String value = text(setting);
      try {
        BigDecimal number = new BigDecimal(value);
        if (number.compareTo(new BigDecimal(min)) >= 0
            && number.compareTo(new BigDecimal(max)) <= 0) {
          return number;
        }
      } catch (NumberFormatException notANumber) {
        // refused below, as a number out of range is
      }
      throw new SettingException(
          setting, value, what + " from " + min + " to " + max + " is allowed");
    }

    String brokers(Setting setting) {
      String value = text(setting);
      for (String broker : value.split(",", -1)) {
        var match = BROKER.matcher(broker.strip());
        if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
          throw new SettingException(
              setting, value, "host:port is allowed, several separated by commas");
        }
      }
      return value;
    }

    String topic(Setting setting, Map<String, Setting> taken) {
      String value = text(setting);
      if (!TOPIC.matcher(value).matches() || value.equals(".") || value.equals("..")) {
        throw new SettingException(
            setting, value, "a topic's name of 1 to 249 letters, digits, '.', '_', '-' is allowed");
      }
      Setting other = taken.putIfAbsent(value, setting);
      if (other != null) {
        throw new SettingException(
            setting, value, "it must differ from " + other.name() + ", which is the same topic");
      }
      return value;
    }

    URI url(Setting setting) {
      String value = text(setting);
      try {
        URI url = new URI(value.replaceFirst("/+$", ""));
        boolean http =
            "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        boolean bare =
            url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
        if (http
            && bare
            && url.getHost() != null
            && url.getPort() != 0
            && url.getPort() <= 65_535) {
          return url;
        }
      } catch (URISyntaxException notAUrl) {
        // refused below, as any other URL that cannot be called is
      }
      throw new SettingException(
          setting, value, "an http:// or https:// URL with a host, without user or query");
    }

    Path path(Setting setting) {
      String value = text(setting);
      try {
        return Path.of(value);
      } catch (InvalidPathException notAPath) {
        throw new SettingException(setting, value, "the path of a folder is allowed");
      }
    }

    ContentDedupe contentDedupe(Setting setting) {
      List<String> names =
          Arrays.stream(ContentDedupe.values())
              .map(mode -> mode.name().toLowerCase(Locale.ROOT))
              .toList();
      return ContentDedupe.valueOf(oneOf(setting, names).toUpperCase(Locale.ROOT));
    }

    String oneOf(Setting setting, List<String> allowed) {
      String value = text(setting);
      return allowed.stream()
          .filter(value::equalsIgnoreCase)
          .findFirst()
          .orElseThrow(
              () ->
                  new SettingException(
                      setting, value, "one of " + String.join(", ", allowed) + " is allowed"));
    }
  }
}
