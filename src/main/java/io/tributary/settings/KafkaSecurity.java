package io.tributary.settings;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.jspecify.annotations.Nullable;

/** How the program's Kafka clients identify themselves and whom they trust. */
public final class KafkaSecurity {
  private KafkaSecurity() {}

  /**
   * Has all clients use it that Camel makes. Not by properties of Camel's, which would take a
   * password that begins with # for the name of a bean.
   */
  public static void apply(Settings settings, CamelContext context) {
    context
        .getComponent("kafka", KafkaComponent.class)
        .getConfiguration()
        .getAdditionalProperties()
        .putAll(properties(settings));
  }

  /** Opens the stores of certificates. */
  static Map<String, String> properties(Settings settings) {
    Map<String, String> properties = new HashMap<>();
    String protocol = settings.text(Setting.KAFKA_SECURITY_PROTOCOL).toUpperCase(Locale.ROOT);
    if (!protocol.equals("PLAINTEXT")) { // or Camel's own properties would mean nothing
      properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
    }
    if (protocol.startsWith("SASL")) {
      String mechanism = settings.text(Setting.KAFKA_SASL_MECHANISM).toUpperCase(Locale.ROOT);
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
      if (mechanism.equals("OAUTHBEARER")) {
        properties.put(
            SaslConfigs.SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL,
            settings.text(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL));
        properties.put(
            SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
            OAuthBearerLoginCallbackHandler.class.getName());
      }
      properties.put(SaslConfigs.SASL_JAAS_CONFIG, login(settings, mechanism));
    }
    properties.putAll(
        Tls.file(
            settings,
            Setting.KAFKA_SSL_TRUSTSTORE_LOCATION,
            Setting.KAFKA_SSL_TRUSTSTORE_PASSWORD));
    properties.putAll(
        Tls.file(
            settings, Setting.KAFKA_SSL_KEYSTORE_LOCATION, Setting.KAFKA_SSL_KEYSTORE_PASSWORD));
    return properties;
  }

  private static String login(Settings settings, String mechanism) {
    return switch (mechanism) {
          case "OAUTHBEARER" -> OAuthBearerLoginModule.class.getName();
          case "PLAIN" -> PlainLoginModule.class.getName();
          default -> ScramLoginModule.class.getName();
        }
        + " required"
        + option("username", settings.optional(Setting.KAFKA_SASL_USERNAME))
        + option("password", settings.optional(Setting.KAFKA_SASL_PASSWORD))
        + option("clientId", settings.optional(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID))
        + option("clientSecret", settings.optional(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET))
        + option("scope", settings.optional(Setting.KAFKA_SASL_OAUTHBEARER_SCOPE))
        + ";";
  }

  /** As JAAS reads it. */
  private static String option(String name, @Nullable String value) {
    return value == null
        ? ""
        : " " + name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
