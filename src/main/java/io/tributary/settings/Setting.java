package io.tributary.settings;

import static io.tributary.settings.Kind.ANY;
import static io.tributary.settings.Kind.BROKERS;
import static io.tributary.settings.Kind.FILE;
import static io.tributary.settings.Kind.FOLDER;
import static io.tributary.settings.Kind.LINE;
import static io.tributary.settings.Kind.NONE;
import static io.tributary.settings.Kind.PATH;
import static io.tributary.settings.Kind.PROXY;
import static io.tributary.settings.Kind.TOKEN;
import static io.tributary.settings.Kind.TOPIC;
import static io.tributary.settings.Kind.URL;
import static io.tributary.settings.Kind.USER;
import static io.tributary.settings.Kind.number;
import static io.tributary.settings.Kind.oneOf;
import static io.tributary.settings.Kind.seconds;
import static io.tributary.settings.Kind.whole;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that an operator may turn: its environment variable (the constant's name), the line
 * it has in {@code application.properties}, its default, what is allowed, and with which other
 * setting it has an effect.
 */
@SuppressWarnings("ImmutableEnumChecker") // no kind and no use has anything that changes
public enum Setting {
  KAFKA_BOOTSTRAP_SERVERS("kafka.bootstrap-servers", "localhost:9093", BROKERS),
  KAFKA_CUSTOMER_TOPIC("kafka.customer-topic", "customer_data", TOPIC),
  KAFKA_INVENTORY_TOPIC("kafka.inventory-topic", "inventory_data", TOPIC),
  KAFKA_GROUP_ID("kafka.group-id", "tributary", LINE),
  KAFKA_CUSTOMER_CONSUMERS("kafka.customer-consumers", "1", whole(1, 64)),
  KAFKA_INVENTORY_CONSUMERS("kafka.inventory-consumers", "1", whole(1, 64)),
  KAFKA_COMMIT("kafka.commit", "delivered", oneOf("delivered", "stored")),
  KAFKA_SECURITY_PROTOCOL(
      "kafka.security-protocol",
      "PLAINTEXT",
      oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")),
  KAFKA_SASL_MECHANISM(
      "kafka.sasl-mechanism",
      "SCRAM-SHA-512",
      oneOf("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"),
      Use.usedWith(KAFKA_SECURITY_PROTOCOL, "SASL_PLAINTEXT", "SASL_SSL")),
  KAFKA_SASL_USERNAME("kafka.sasl-username", LINE, withPassword()),
  KAFKA_SASL_PASSWORD("kafka.sasl-password", LINE, withPassword()),
  KAFKA_SASL_OAUTHBEARER_TOKEN_URL("kafka.oauthbearer.token-url", URL, withToken()),
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID("kafka.oauthbearer.client-id", LINE, withToken()),
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET("kafka.oauthbearer.client-secret", LINE, withToken()),
  KAFKA_SASL_OAUTHBEARER_SCOPE(
      "kafka.oauthbearer.scope", ANY, Use.usedWith(KAFKA_SASL_MECHANISM, "OAUTHBEARER")),
  KAFKA_SSL_TRUSTSTORE_LOCATION("kafka.ssl-truststore-location", FILE, withTls()),
  KAFKA_SSL_TRUSTSTORE_PASSWORD(
      "kafka.ssl-truststore-password", ANY, Use.usedWith(KAFKA_SSL_TRUSTSTORE_LOCATION)),
  KAFKA_SSL_KEYSTORE_LOCATION("kafka.ssl-keystore-location", FILE, withTls()),
  KAFKA_SSL_KEYSTORE_PASSWORD(
      "kafka.ssl-keystore-password", ANY, Use.usedWith(KAFKA_SSL_KEYSTORE_LOCATION)),
  SCHEMA_REGISTRY_URL("schema-registry.url", NONE, URL),
  SCHEMA_REGISTRY_USERNAME("schema-registry.username", USER, Use.usedWith(SCHEMA_REGISTRY_URL)),
  SCHEMA_REGISTRY_PASSWORD(
      "schema-registry.password", LINE, Use.neededWith(SCHEMA_REGISTRY_USERNAME)),
  SCHEMA_REGISTRY_TIMEOUT(
      "schema-registry.timeout-seconds",
      "5",
      seconds("0.1", "60"),
      Use.usedWith(SCHEMA_REGISTRY_URL)),
  SCHEMA_REGISTRY_PATIENCE(
      "schema-registry.patience-seconds",
      "60",
      seconds("0", "86400"),
      Use.usedWith(SCHEMA_REGISTRY_URL)),
  SCHEMA_REGISTRY_ID_BYTES(
      "schema-registry.id-bytes", "4", oneOf("4", "8"), Use.usedWith(SCHEMA_REGISTRY_URL)),
  AVRO_MESSAGE_ID_FIELD(
      "avro.message-id-field", "messageId", LINE, Use.usedWith(SCHEMA_REGISTRY_URL)),
  AVRO_PAYLOAD_FIELD("avro.payload-field", "payload", LINE, Use.usedWith(SCHEMA_REGISTRY_URL)),
  ANALYTICS_API_BASE_URL("api.base-url", "http://localhost:8081", URL),
  ANALYTICS_API_PATH("api.path", "/api/analytics/data", PATH),
  ANALYTICS_API_HEADERS("api.headers", NONE, ApiHeaders::refusal),
  ANALYTICS_API_PROXY("api.proxy", NONE, PROXY),
  ANALYTICS_API_TIMEOUT("api.timeout-seconds", "30", seconds("0.1", "3600")),
  ANALYTICS_API_AUTH("api.auth", NONE, oneOf(NONE, "basic", "bearer", "oauth2")),
  ANALYTICS_API_USERNAME("api.username", USER, Use.neededWith(ANALYTICS_API_AUTH, "basic")),
  ANALYTICS_API_PASSWORD("api.password", LINE, Use.neededWith(ANALYTICS_API_AUTH, "basic")),
  ANALYTICS_API_TOKEN("api.token", TOKEN, Use.usedWith(ANALYTICS_API_AUTH, "bearer")),
  ANALYTICS_API_TOKEN_FILE("api.token-file", FILE, Use.usedWith(ANALYTICS_API_AUTH, "bearer")),
  ANALYTICS_API_OAUTH2_TOKEN_URL(
      "api.oauth2.token-url", URL, Use.neededWith(ANALYTICS_API_AUTH, "oauth2")),
  ANALYTICS_API_OAUTH2_CLIENT_ID(
      "api.oauth2.client-id", LINE, Use.neededWith(ANALYTICS_API_AUTH, "oauth2")),
  ANALYTICS_API_OAUTH2_CLIENT_SECRET(
      "api.oauth2.client-secret", LINE, Use.neededWith(ANALYTICS_API_AUTH, "oauth2")),
  ANALYTICS_API_OAUTH2_SCOPE("api.oauth2.scope", ANY, Use.usedWith(ANALYTICS_API_AUTH, "oauth2")),
  ANALYTICS_API_KEYSTORE("api.keystore", NONE, FILE),
  ANALYTICS_API_KEYSTORE_PASSWORD(
      "api.keystore-password", ANY, Use.usedWith(ANALYTICS_API_KEYSTORE)),
  ANALYTICS_API_TRUSTSTORE("api.truststore", NONE, FILE),
  ANALYTICS_API_TRUSTSTORE_PASSWORD(
      "api.truststore-password", ANY, Use.usedWith(ANALYTICS_API_TRUSTSTORE)),
  ANALYTICS_API_TLS_VERIFY("api.tls-verify", "true", oneOf("true", "false")),
  ANALYTICS_API_GZIP("api.gzip", "false", oneOf("true", "false")),
  MAX_RETRIES("retry.max-retries", "3", whole(0, 100)),
  RETRY_BACKOFF_BASE("retry.backoff-base-seconds", "1.0", seconds("0", "3600")),
  RETRY_BACKOFF_MULTIPLIER("retry.backoff-multiplier", "2.0", number("a number", "1", "100")),
  SPLIT_REFUSED_BATCHES("delivery.split-refused-batches", "true", oneOf("true", "false")),
  IDEMPOTENCY_CACHE_SIZE("dedupe.cache-size", "10000", whole(1, 100_000_000)),
  IDEMPOTENCY_CACHE_TTL("dedupe.cache-ttl-seconds", "3600", seconds("0.1", "31536000")),
  CONTENT_DEDUPE("dedupe.content", "latest", oneOf("latest", "window", "off")),
  MERGE_FLUSH_INTERVAL("merge.flush-interval-seconds", "30", seconds("0.1", "86400")),
  MERGE_FLUSH_INTERVAL_FULL("merge.flush-interval-full-seconds", NONE, seconds("0.1", "86400")),
  MERGE_MAX_MESSAGES("merge.max-messages", "5000", whole(1, 10_000_000)),
  MERGE_MAX_BYTES("merge.max-bytes", "5000000", whole(1_000, 1_000_000_000)),
  MERGE_STATE_DIR("merge.state-dir", "state", FOLDER),
  MERGE_MAX_PENDING_BATCHES("merge.max-pending-batches", "20", whole(1, 100_000)),
  DEAD_LETTER_TOPIC("dead-letter.topic", "tributary_dead_letters", TOPIC),
  SERVICE_NAME("service.name", "tributary", LINE),
  SERVICE_VERSION("service.version", "1.0.0", LINE),
  MANAGEMENT_HOST("management.host", "127.0.0.1", LINE),
  MANAGEMENT_PORT("management.port", "9876", whole(1, 65_535)),
  MANAGEMENT_USERS_FILE("management.users-file", NONE, FILE),
  JOLOKIA_WRITE("jolokia.write", "off", oneOf("off", "on")),
  LOG_LEVEL("log.level", "INFO", oneOf("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF")),
  LOG_FORMAT("log.format", "text", oneOf("text", "json")),
  ROUTES_RELOAD("routes.reload", "false", oneOf("true", "false")),
  TRACING("tracing", "off", oneOf("off", "otlp"));

  /** What the names of their lines begin with. */
  static final String PREFIX = "tributary.";

  private final String property;
  private final String defaultValue;
  private final Kind kind;

  /** When it has an effect; null when it always has. */
  final @Nullable Use use;

  Setting(String property, String defaultValue, Kind kind) {
    this(property, defaultValue, kind, null);
  }

  /** One that need not be set. */
  Setting(String property, Kind kind, Use use) {
    this(property, NONE, kind, use);
  }

  Setting(String property, String defaultValue, Kind kind, @Nullable Use use) {
    this.property = PREFIX + property;
    this.defaultValue = defaultValue;
    this.kind = kind;
    this.use = use;
  }

  private static Use withPassword() {
    return Use.neededWith(KAFKA_SASL_MECHANISM, "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");
  }

  private static Use withToken() {
    return Use.neededWith(KAFKA_SASL_MECHANISM, "OAUTHBEARER");
  }

  private static Use withTls() {
    return Use.usedWith(KAFKA_SECURITY_PROTOCOL, "SSL", "SASL_SSL");
  }

  /** The name of its line in {@code application.properties}. */
  public String property() {
    return property;
  }

  /** The value it has when neither the file nor the environment says another. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What is allowed in place of a value; null when it is. */
  public @Nullable String refusal(String value) {
    return kind.refusal(value);
  }

  /** What its line says as it is shipped, as Camel reads it. */
  String line() {
    return "{{env:" + name() + ":" + defaultValue + "}}";
  }

  /** Whether nobody may read its value. */
  boolean isSecret() {
    return name().matches(".*_(PASSWORD|TOKEN|SECRET|HEADERS)");
  }

  /** Whether its value is a URL, or a part of one, or could be taken for one. */
  boolean isAddress() {
    return name().matches(".*_(URL|SERVERS|HOST|PATH|PROXY)");
  }

  /**
   * With which other setting one has an effect. Set without, it shows a mistake.
   *
   * @param needed whether it must be set then
   * @param values that the other has then; none for any but {@code none}
   */
  record Use(Setting other, boolean needed, List<String> values) {
    static Use usedWith(Setting other, String... values) {
      return new Use(other, false, List.of(values));
    }

    static Use neededWith(Setting other, String... values) {
      return new Use(other, true, List.of(values));
    }

    boolean isMet(Settings settings) {
      return (other.use == null || other.use.isMet(settings))
          && (values.isEmpty()
              ? settings.optional(other) != null
              : values.stream().anyMatch(value -> settings.is(other, value)));
    }

    /** Why nothing but that one value is allowed. */
    String refusal(Settings settings, String value) {
      if (other.use != null && !other.use.isMet(settings)) {
        return other.use.refusal(settings, value);
      }
      String user = values.isEmpty() ? "any other" : String.join(" or ", values);
      return "with %s=%s only %s is allowed; %s uses it"
          .formatted(other, settings.text(other), value, user);
    }
  }
}
