package io.tributary.settings;

/**
 * Every setting that an operator may turn: its environment variable (the constant's name), the line
 * it has in {@code application.properties}, and its default.
 */
public enum Setting {
  KAFKA_BOOTSTRAP_SERVERS("tributary.kafka.bootstrap-servers", "localhost:9093"),
  KAFKA_CUSTOMER_TOPIC("tributary.kafka.customer-topic", "customer_data"),
  KAFKA_INVENTORY_TOPIC("tributary.kafka.inventory-topic", "inventory_data"),
  KAFKA_GROUP_ID("tributary.kafka.group-id", "tributary"),
  KAFKA_CUSTOMER_CONSUMERS("tributary.kafka.customer-consumers", "1"),
  KAFKA_INVENTORY_CONSUMERS("tributary.kafka.inventory-consumers", "1"),
  KAFKA_COMMIT("tributary.kafka.commit", "delivered"),
  KAFKA_SECURITY_PROTOCOL("tributary.kafka.security-protocol", "PLAINTEXT"),
  KAFKA_SASL_MECHANISM("tributary.kafka.sasl-mechanism", "SCRAM-SHA-512"),
  KAFKA_SASL_USERNAME("tributary.kafka.sasl-username", "none"),
  KAFKA_SASL_PASSWORD("tributary.kafka.sasl-password", "none"),
  KAFKA_SASL_OAUTHBEARER_TOKEN_URL("tributary.kafka.oauthbearer.token-url", "none"),
  KAFKA_SASL_OAUTHBEARER_CLIENT_ID("tributary.kafka.oauthbearer.client-id", "none"),
  KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET("tributary.kafka.oauthbearer.client-secret", "none"),
  KAFKA_SASL_OAUTHBEARER_SCOPE("tributary.kafka.oauthbearer.scope", "none"),
  KAFKA_SSL_TRUSTSTORE_LOCATION("tributary.kafka.ssl-truststore-location", "none"),
  KAFKA_SSL_TRUSTSTORE_PASSWORD("tributary.kafka.ssl-truststore-password", "none"),
  KAFKA_SSL_KEYSTORE_LOCATION("tributary.kafka.ssl-keystore-location", "none"),
  KAFKA_SSL_KEYSTORE_PASSWORD("tributary.kafka.ssl-keystore-password", "none"),
  ANALYTICS_API_BASE_URL("tributary.api.base-url", "http://localhost:8081"),
  ANALYTICS_API_TIMEOUT("tributary.api.timeout-seconds", "30"),
  ANALYTICS_API_AUTH("tributary.api.auth", "none"),
  ANALYTICS_API_USERNAME("tributary.api.username", "none"),
  ANALYTICS_API_PASSWORD("tributary.api.password", "none"),
  ANALYTICS_API_TOKEN("tributary.api.token", "none"),
  ANALYTICS_API_TOKEN_FILE("tributary.api.token-file", "none"),
  ANALYTICS_API_OAUTH2_TOKEN_URL("tributary.api.oauth2.token-url", "none"),
  ANALYTICS_API_OAUTH2_CLIENT_ID("tributary.api.oauth2.client-id", "none"),
  ANALYTICS_API_OAUTH2_CLIENT_SECRET("tributary.api.oauth2.client-secret", "none"),
  ANALYTICS_API_OAUTH2_SCOPE("tributary.api.oauth2.scope", "none"),
  ANALYTICS_API_KEYSTORE("tributary.api.keystore", "none"),
  ANALYTICS_API_KEYSTORE_PASSWORD("tributary.api.keystore-password", "none"),
  ANALYTICS_API_TRUSTSTORE("tributary.api.truststore", "none"),
  ANALYTICS_API_TRUSTSTORE_PASSWORD("tributary.api.truststore-password", "none"),
  ANALYTICS_API_TLS_VERIFY("tributary.api.tls-verify", "true"),
  ANALYTICS_API_GZIP("tributary.api.gzip", "false"),
  MAX_RETRIES("tributary.retry.max-retries", "3"),
  RETRY_BACKOFF_BASE("tributary.retry.backoff-base-seconds", "1.0"),
  RETRY_BACKOFF_MULTIPLIER("tributary.retry.backoff-multiplier", "2.0"),
  SPLIT_REFUSED_BATCHES("tributary.delivery.split-refused-batches", "true"),
  IDEMPOTENCY_CACHE_SIZE("tributary.dedupe.cache-size", "10000"),
  IDEMPOTENCY_CACHE_TTL("tributary.dedupe.cache-ttl-seconds", "3600"),
  CONTENT_DEDUPE("tributary.dedupe.content", "latest"),
  MERGE_FLUSH_INTERVAL("tributary.merge.flush-interval-seconds", "30"),
  MERGE_MAX_MESSAGES("tributary.merge.max-messages", "5000"),
  MERGE_MAX_BYTES("tributary.merge.max-bytes", "5000000"),
  MERGE_STATE_DIR("tributary.merge.state-dir", "state"),
  MERGE_MAX_PENDING_BATCHES("tributary.merge.max-pending-batches", "20"),
  DEAD_LETTER_TOPIC("tributary.dead-letter.topic", "tributary_dead_letters"),
  SERVICE_NAME("tributary.service.name", "tributary"),
  SERVICE_VERSION("tributary.service.version", "1.0.0"),
  MANAGEMENT_HOST("tributary.management.host", "127.0.0.1"),
  MANAGEMENT_PORT("tributary.management.port", "9876"),
  MANAGEMENT_USERS_FILE("tributary.management.users-file", "none"),
  JOLOKIA_WRITE("tributary.jolokia.write", "off"),
  LOG_LEVEL("tributary.log.level", "INFO"),
  LOG_FORMAT("tributary.log.format", "text"),
  ROUTES_RELOAD("tributary.routes.reload", "false"),
  TRACING("tributary.tracing", "off");

  /** What the names of their lines begin with. */
  static final String PREFIX = "tributary.";

  private final String property;
  private final String defaultValue;

  Setting(String property, String defaultValue) {
    this.property = property;
    this.defaultValue = defaultValue;
  }

  /** The name of its line in {@code application.properties}. */
  public String property() {
    return property;
  }

  /** What its line says as it is shipped, as Camel reads it. */
  String line() {
    return "{{env:" + name() + ":" + defaultValue + "}}";
  }

  /** Whether nobody may read its value. */
  boolean isSecret() {
    return name().endsWith("_PASSWORD") || name().endsWith("_TOKEN") || name().endsWith("_SECRET");
  }

  /** Whether its value is a URL, or the name of a host that could be taken for one. */
  boolean isAddress() {
    return name().endsWith("_URL") || name().endsWith("_SERVERS") || name().endsWith("_HOST");
  }

  /** The value it has when neither the file nor the environment says another. */
  public String defaultValue() {
    return defaultValue;
  }
}
