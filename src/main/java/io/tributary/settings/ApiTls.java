package io.tributary.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/**
 * Whom Tributary trusts when it connects to the analytics API and its token endpoint, and how it
 * identifies itself to them.
 *
 * @param keys file with its own key and certificate; null when it has none
 * @param trusted file with the certificates that it trusts; null for those that Java trusts
 * @param verify whether it looks at the other end's certificate at all
 */
public record ApiTls(@Nullable Store keys, @Nullable Store trusted, boolean verify) {
  /** A file of keys or certificates, and its password. */
  public record Store(Path file, Secret password) {
    KeyStore load() throws IOException, GeneralSecurityException {
      return KeyStore.getInstance(file.toFile(), password.value().toCharArray());
    }
  }

  static ApiTls from(SettingsReader read, boolean https) {
    Store keys =
        store(read, Setting.ANALYTICS_API_KEYSTORE, Setting.ANALYTICS_API_KEYSTORE_PASSWORD);
    Store trusted =
        store(read, Setting.ANALYTICS_API_TRUSTSTORE, Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD);
    boolean verify =
        read.oneOf(Setting.ANALYTICS_API_TLS_VERIFY, List.of("true", "false"), https)
            .equals("true");
    if (!https) {
      refuseWithoutHttps(read, Setting.ANALYTICS_API_KEYSTORE, keys != null);
      refuseWithoutHttps(read, Setting.ANALYTICS_API_TRUSTSTORE, trusted != null);
      refuseWithoutHttps(read, Setting.ANALYTICS_API_TLS_VERIFY, !verify);
    }
    if (trusted != null && !verify) {
      throw read.refusal(
          Setting.ANALYTICS_API_TLS_VERIFY,
          "with " + Setting.ANALYTICS_API_TRUSTSTORE + " only true is allowed");
    }
    return new ApiTls(keys, trusted, verify);
  }

  /**
   * The context of all connections.
   *
   * @throws IllegalStateException when a file is no longer what it was when the settings were read
   */
  public SSLContext context() {
    try {
      SSLContextBuilder builder = SSLContexts.custom();
      if (keys != null) {
        builder.loadKeyMaterial(keys.load(), keys.password().value().toCharArray());
      }
      if (trusted != null) {
        builder.loadTrustMaterial(trusted.load(), null);
      }
      if (!verify) {
        builder.loadTrustMaterial((chain, type) -> true);
      }
      return builder.build();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("The files for TLS cannot be read", e);
    }
  }

  private static @Nullable Store store(SettingsReader read, Setting named, Setting secret) {
    Path file = read.file(named);
    String password = read.optional(secret);
    if (file == null) {
      if (password != null) {
        throw read.refusal(secret, "without " + named + " nobody uses it");
      }
      return null;
    }
    if (password == null) {
      throw new SettingException(secret, SettingsReader.UNSET, named + " needs it");
    }
    Store store = new Store(file, new Secret(password));
    boolean own = named == Setting.ANALYTICS_API_KEYSTORE;
    try {
      if (!Files.isReadable(file) || !holds(store.load(), own)) {
        throw unusable(read, named, own);
      }
      new ApiTls(own ? store : null, own ? null : store, true).context();
    } catch (IOException | GeneralSecurityException | IllegalStateException e) {
      if (isAboutThePassword(e)) {
        throw read.refusal(secret, "it must be the password of " + named);
      }
      throw unusable(read, named, own);
    }
    return store;
  }

  private static boolean holds(KeyStore store, boolean ownKey) throws KeyStoreException {
    for (String alias : Collections.list(store.aliases())) {
      if (ownKey ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAboutThePassword(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnrecoverableKeyException) {
        return true;
      }
    }
    return false;
  }

  private static SettingException unusable(SettingsReader read, Setting named, boolean ownKey) {
    return read.refusal(
        named,
        "a readable PKCS12 file with "
            + (ownKey ? "a private key and its certificate" : "trusted certificates")
            + " is allowed, or "
            + SettingsReader.UNSET);
  }

  private static void refuseWithoutHttps(SettingsReader read, Setting setting, boolean said) {
    if (said) {
      throw read.refusal(
          setting,
          "it is for https:// only, and " + Setting.ANALYTICS_API_BASE_URL + " is http://");
    }
  }
}
