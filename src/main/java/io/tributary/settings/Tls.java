package io.tributary.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Whom Tributary trusts when it connects, and how it identifies itself. Kafka's client opens the
 * files, also those for the API and its token endpoint.
 */
public final class Tls {
  private Tls() {}

  /** Whether the certificate of the API is looked at. */
  public static boolean verifiesApi(Settings settings) {
    return settings.is(Setting.ANALYTICS_API_TLS_VERIFY, "true");
  }

  /**
   * The context of all connections to the API and its token endpoint.
   *
   * @throws SettingException when a file cannot be used; it has no secret
   */
  public static SSLContext ofApi(Settings settings) {
    Setting secret = Setting.ANALYTICS_API_KEYSTORE_PASSWORD;
    Map<String, String> files =
        new HashMap<>(file(settings, Setting.ANALYTICS_API_KEYSTORE, secret));
    files.putAll(
        file(
            settings, Setting.ANALYTICS_API_TRUSTSTORE, Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD));
    if (settings.optional(Setting.ANALYTICS_API_TRUSTSTORE) != null && !verifiesApi(settings)) {
      throw settings.refusal(
          Setting.ANALYTICS_API_TLS_VERIFY,
          "with " + Setting.ANALYTICS_API_TRUSTSTORE + " only true is allowed");
    }
    String password = settings.optional(secret);
    try (DefaultSslEngineFactory opened = open(files)) {
      return verifiesApi(settings)
          ? opened.sslContext()
          : SSLContexts.custom()
              .loadKeyMaterial(opened.keystore(), password == null ? null : password.toCharArray())
              .loadTrustMaterial((chain, type) -> true)
              .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java knows no TLS", e);
    }
  }

  /** Kafka's properties for a file of keys or of certificates, once it has been opened. */
  static Map<String, String> file(Settings settings, Setting location, Setting password) {
    String file = settings.optional(location);
    if (file == null) {
      return Map.of();
    }
    boolean keys = location.name().contains("KEYSTORE");
    String prefix = keys ? "ssl.keystore." : "ssl.truststore.";
    Map<String, String> properties = new HashMap<>();
    properties.put(prefix + "location", file);
    boolean pem = file.toLowerCase(Locale.ROOT).endsWith(".pem");
    // As JKS Java reads PKCS12, too.
    properties.put(prefix + "type", pem ? "PEM" : "JKS");
    String secret = settings.optional(password);
    if (secret != null && !pem) {
      properties.put(prefix + "password", secret);
    }
    if (secret != null && keys) {
      properties.put(SslConfigs.SSL_KEY_PASSWORD_CONFIG, secret);
    }
    if (Files.isReadable(Path.of(file))) { // or Kafka logs that it is not
      try (DefaultSslEngineFactory opened = open(properties)) {
        KeyStore store = keys ? opened.keystore() : opened.truststore();
        for (String alias : Collections.list(store.aliases())) {
          if (keys ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
            return properties;
          }
        }
      } catch (KafkaException | KeyStoreException e) {
        // It is refused in the same words as one without anything of use.
      }
    }
    throw settings.refusal(
        location,
        "a readable PEM (.pem), JKS or PKCS12 file is allowed that opens with %s and has %s"
            .formatted(
                password, keys ? "a private key and its certificate" : "trusted certificates"));
  }

  private static DefaultSslEngineFactory open(Map<String, String> files) {
    ConfigDef known = new ConfigDef();
    SslConfigs.addClientSslSupport(known);
    DefaultSslEngineFactory opened = new DefaultSslEngineFactory();
    opened.configure(new AbstractConfig(known, files, false).values());
    return opened;
  }
}
