package io.tributary.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * How the program's Kafka clients identify themselves and whom they trust. It is in Camel's
 * component, which all of them are made from, and in no endpoint's URI.
 *
 * @param properties what the clients get; printed as three stars
 */
public record KafkaSecurity(Map<String, String> properties) {
  private static final String OAUTHBEARER = "OAUTHBEARER";

  private static final List<Setting> PASSWORD_LOGIN =
      List.of(Setting.KAFKA_SASL_USERNAME, Setting.KAFKA_SASL_PASSWORD);

  private static final List<Setting> TOKEN_LOGIN =
      List.of(
          Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL,
          Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID,
          Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET,
          Setting.KAFKA_SASL_OAUTHBEARER_SCOPE);

  private static final List<Setting> TLS =
      List.of(
          Setting.KAFKA_SSL_TRUSTSTORE_LOCATION,
          Setting.KAFKA_SSL_TRUSTSTORE_PASSWORD,
          Setting.KAFKA_SSL_KEYSTORE_LOCATION,
          Setting.KAFKA_SSL_KEYSTORE_PASSWORD);

  /**
   * Reads and checks the settings; opens the stores of certificates.
   *
   * @throws SettingException when one cannot be used, is missing, or would have no effect; it has
   *     no secret
   */
  static KafkaSecurity from(SettingsReader read) {
    String protocol =
        read.oneOf(
            Setting.KAFKA_SECURITY_PROTOCOL,
            List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"));
    String mechanism =
        read.oneOf(
            Setting.KAFKA_SASL_MECHANISM,
            List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", OAUTHBEARER),
            protocol.startsWith("SASL"));
    String given = Setting.KAFKA_SECURITY_PROTOCOL + "=" + protocol;
    Map<String, String> properties = new HashMap<>();
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
    if (protocol.startsWith("SASL")) {
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
      String with = Setting.KAFKA_SASL_MECHANISM + "=" + mechanism;
      if (mechanism.equals(OAUTHBEARER)) {
        refuseUnused(read, PASSWORD_LOGIN, with, "PLAIN or SCRAM");
        properties.putAll(tokenLogin(read, with));
      } else {
        refuseUnused(read, TOKEN_LOGIN, with, OAUTHBEARER);
        properties.put(SaslConfigs.SASL_JAAS_CONFIG, passwordLogin(read, mechanism, with));
      }
    } else {
      refuseUnused(read, PASSWORD_LOGIN, given, "SASL_PLAINTEXT or SASL_SSL");
      refuseUnused(read, TOKEN_LOGIN, given, "SASL_PLAINTEXT or SASL_SSL");
    }
    if (protocol.endsWith("SSL")) {
      properties.putAll(
          store(
              read,
              "ssl.truststore.",
              Setting.KAFKA_SSL_TRUSTSTORE_LOCATION,
              Setting.KAFKA_SSL_TRUSTSTORE_PASSWORD));
      properties.putAll(
          store(
              read,
              "ssl.keystore.",
              Setting.KAFKA_SSL_KEYSTORE_LOCATION,
              Setting.KAFKA_SSL_KEYSTORE_PASSWORD));
    } else {
      refuseUnused(read, TLS, given, "SSL or SASL_SSL");
    }
    return new KafkaSecurity(Map.copyOf(properties));
  }

  /**
   * Has all clients that Camel makes use them. Not by properties of Camel's, which would take a
   * password that begins with # for the name of a bean.
   */
  public void applyTo(CamelContext context) {
    context
        .getComponent("kafka", KafkaComponent.class)
        .getConfiguration()
        .getAdditionalProperties()
        .putAll(properties);
  }

  private static void refuseUnused(
      SettingsReader read, List<Setting> settings, String given, String user) {
    settings.forEach(setting -> read.refuseUnused(setting, given, user));
  }

  private static String passwordLogin(SettingsReader read, String mechanism, String with) {
    Class<?> module = mechanism.equals("PLAIN") ? PlainLoginModule.class : ScramLoginModule.class;
    return module.getName()
        + " required"
        + option("username", read.needed(Setting.KAFKA_SASL_USERNAME, with))
        + option("password", read.needed(Setting.KAFKA_SASL_PASSWORD, with))
        + ";";
  }

  private static Map<String, String> tokenLogin(SettingsReader read, String with) {
    read.needed(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL, with);
    read.url(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL);
    String scope = read.optional(Setting.KAFKA_SASL_OAUTHBEARER_SCOPE);
    return Map.of(
        SaslConfigs.SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL,
        read.text(Setting.KAFKA_SASL_OAUTHBEARER_TOKEN_URL),
        SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
        OAuthBearerLoginCallbackHandler.class.getName(),
        SaslConfigs.SASL_JAAS_CONFIG,
        OAuthBearerLoginModule.class.getName()
            + " required"
            + option("clientId", read.needed(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_ID, with))
            + option(
                "clientSecret", read.needed(Setting.KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET, with))
            + (scope == null ? "" : option("scope", scope))
            + ";");
  }

  /** As JAAS reads it. */
  private static String option(String name, String value) {
    return " " + name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static Map<String, String> store(
      SettingsReader read, String prefix, Setting location, Setting password) {
    Path file = read.file(location);
    if (file == null) {
      read.refuseUnused(password, location + "=" + SettingsReader.UNSET, "a file");
      return Map.of();
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    String type = name.endsWith(".pem") ? "PEM" : name.endsWith(".jks") ? "JKS" : "PKCS12";
    Map<String, String> store = new HashMap<>();
    store.put(prefix + "type", type);
    store.put(prefix + "location", file.toString());
    String secret = read.optional(password);
    if (secret != null) {
      if (!type.equals("PEM")) {
        store.put(prefix + "password", secret);
      }
      if (location == Setting.KAFKA_SSL_KEYSTORE_LOCATION) {
        store.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, secret);
      }
    }
    if (!Files.isReadable(file) || !opens(store)) {
      throw read.refusal(
          location,
          "a readable PEM (.pem), JKS (.jks) or PKCS12 file is allowed that opens with "
              + password);
    }
    return store;
  }

  private static boolean opens(Map<String, String> store) {
    ConfigDef known = new ConfigDef();
    SslConfigs.addClientSslSupport(known);
    try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
      stores.configure(new AbstractConfig(known, store, false).values());
      return true;
    } catch (KafkaException e) {
      return false;
    }
  }

  /** Without what it knows. */
  @Override
  public String toString() {
    return Secret.STARS;
  }
}
