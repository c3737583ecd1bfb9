package io.tributary.settings;

import io.tributary.logging.Causes;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.apache.hc.core5.ssl.SSLContexts;

/**
 * Whom Tributary trusts when it connects to the analytics API and its token endpoint, and how it
 * identifies itself to them.
 */
public final class ApiTls {
  private ApiTls() {}

  /** Whether the other end's certificate is looked at. */
  public static boolean verifies(Settings settings) {
    return settings.is(Setting.ANALYTICS_API_TLS_VERIFY, "true");
  }

  /**
   * The context of all connections.
   *
   * @throws SettingException when a file cannot be used; it has no secret
   */
  public static SSLContext context(Settings settings) {
    SSLContextBuilder builder = SSLContexts.custom();
    add(settings, Setting.ANALYTICS_API_KEYSTORE, Setting.ANALYTICS_API_KEYSTORE_PASSWORD, builder);
    add(
        settings,
        Setting.ANALYTICS_API_TRUSTSTORE,
        Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD,
        builder);
    try {
      if (!verifies(settings)) {
        builder.loadTrustMaterial((chain, type) -> true);
      }
      return builder.build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java knows no TLS", e);
    }
  }

  static void check(Settings settings) {
    if (settings.optional(Setting.ANALYTICS_API_TRUSTSTORE) != null && !verifies(settings)) {
      throw settings.refusal(
          Setting.ANALYTICS_API_TLS_VERIFY,
          "with " + Setting.ANALYTICS_API_TRUSTSTORE + " only true is allowed");
    }
    context(settings);
  }

  private static void add(
      Settings settings, Setting named, Setting secret, SSLContextBuilder builder) {
    String file = settings.optional(named);
    if (file == null) {
      return;
    }
    boolean ownKey = named == Setting.ANALYTICS_API_KEYSTORE;
    char[] password = settings.text(secret).toCharArray();
    try {
      KeyStore store = KeyStore.getInstance(new File(file), password);
      boolean found = false;
      for (String alias : Collections.list(store.aliases())) {
        found |= ownKey ? store.isKeyEntry(alias) : store.isCertificateEntry(alias);
      }
      if (!found) {
        throw new IOException("it holds nothing of use");
      }
      if (ownKey) {
        builder.loadKeyMaterial(store, password);
      } else {
        builder.loadTrustMaterial(store, null);
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      if (Causes.of(e).stream().anyMatch(UnrecoverableKeyException.class::isInstance)) {
        throw settings.refusal(secret, "it must be the password of " + named);
      }
      throw settings.refusal(
          named,
          "a readable PKCS12 file with "
              + (ownKey ? "a private key and its certificate" : "trusted certificates")
              + " is allowed, or "
              + Kind.NONE);
    }
  }
}
