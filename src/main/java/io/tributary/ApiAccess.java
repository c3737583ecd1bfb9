package io.tributary;

import io.tributary.ApiCredentials.Basic;
import io.tributary.ApiCredentials.Bearer;
import io.tributary.ApiCredentials.BearerFile;
import io.tributary.ApiCredentials.ClientCredentials;
import io.tributary.delivery.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the analytics API is reached.
 *
 * @param credentials how Tributary signs in
 * @param tls whom it trusts, and how it identifies itself to the other end of a connection
 * @param gzip whether the body of a POST is compressed
 */
public record ApiAccess(ApiCredentials credentials, ApiTls tls, boolean gzip) {
  /** What a setting has that is not set. */
  static final String UNSET = "none";

  private static final Map<Setting, String> MODES = modes();

  private static final Set<Setting> SECRETS =
      Set.of(
          Setting.ANALYTICS_API_PASSWORD,
          Setting.ANALYTICS_API_TOKEN,
          Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET,
          Setting.ANALYTICS_API_KEYSTORE_PASSWORD,
          Setting.ANALYTICS_API_TRUSTSTORE_PASSWORD);

  /**
   * Reads and checks all of these settings.
   *
   * @throws SettingException when one cannot be used, is missing, or would have no effect; it has
   *     no secret
   */
  static ApiAccess from(SettingsReader read) {
    String mode =
        read.oneOf(Setting.ANALYTICS_API_AUTH, List.of("none", "basic", "bearer", "oauth2"));
    MODES.forEach((setting, user) -> refuseUnused(read, setting, user, mode));
    ApiCredentials credentials =
        switch (mode) {
          case "basic" -> basic(read);
          case "bearer" -> bearer(read);
          case "oauth2" -> clientCredentials(read);
          default -> ApiCredentials.None.NONE;
        };
    boolean https =
        isHttps(read.url(Setting.ANALYTICS_API_BASE_URL))
            || (credentials instanceof ClientCredentials client && isHttps(client.tokenUrl()));
    boolean gzip = read.oneOf(Setting.ANALYTICS_API_GZIP, List.of("true", "false")).equals("true");
    return new ApiAccess(credentials, ApiTls.from(read, https), gzip);
  }

  /** The text of a setting; null when it is not set. */
  static @Nullable String optional(SettingsReader read, Setting setting) {
    String value = read.text(setting);
    return value.equals(UNSET) ? null : value;
  }

  /** The path of a file; null when it is not set. */
  static @Nullable Path file(SettingsReader read, Setting setting) {
    String value = optional(read, setting);
    try {
      return value == null ? null : Path.of(value);
    } catch (InvalidPathException e) {
      throw refusal(read, setting, "the path of a file is allowed, or " + UNSET);
    }
  }

  /** The refusal of a setting, with its value unless that is a secret. */
  static SettingException refusal(SettingsReader read, Setting setting, String allowed) {
    return new SettingException(
        setting, SECRETS.contains(setting) ? Secret.STARS : read.text(setting), allowed);
  }

  private static Basic basic(SettingsReader read) {
    String username = needed(read, Setting.ANALYTICS_API_USERNAME);
    if (username.contains(":")) {
      throw refusal(read, Setting.ANALYTICS_API_USERNAME, "a name without a colon is allowed");
    }
    return new Basic(username, new Secret(needed(read, Setting.ANALYTICS_API_PASSWORD)));
  }

  private static ApiCredentials bearer(SettingsReader read) {
    Path file = file(read, Setting.ANALYTICS_API_TOKEN_FILE);
    if (file == null) {
      String token =
          needed(read, Setting.ANALYTICS_API_TOKEN, ", or " + Setting.ANALYTICS_API_TOKEN_FILE);
      if (!TokenFile.isToken(token)) {
        throw refusal(read, Setting.ANALYTICS_API_TOKEN, TokenFile.TOKEN + " is allowed");
      }
      return new Bearer(new Secret(token));
    }
    if (optional(read, Setting.ANALYTICS_API_TOKEN) != null) {
      throw refusal(
          read,
          Setting.ANALYTICS_API_TOKEN_FILE,
          "only one of it and " + Setting.ANALYTICS_API_TOKEN + " is allowed");
    }
    try {
      TokenFile.read(file);
    } catch (IOException e) {
      throw refusal(
          read,
          Setting.ANALYTICS_API_TOKEN_FILE,
          "a readable file with nothing but the token, " + TokenFile.TOKEN + ", is allowed");
    }
    return new BearerFile(file);
  }

  private static ClientCredentials clientCredentials(SettingsReader read) {
    needed(read, Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
    read.url(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
    return new ClientCredentials(
        // Not as the reader gives it: to a token endpoint a slash at the end is another path.
        URI.create(read.text(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL)),
        needed(read, Setting.ANALYTICS_API_OAUTH2_CLIENT_ID),
        new Secret(needed(read, Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET)),
        optional(read, Setting.ANALYTICS_API_OAUTH2_SCOPE));
  }

  private static String needed(SettingsReader read, Setting setting) {
    return needed(read, setting, "");
  }

  private static String needed(SettingsReader read, Setting setting, String orElse) {
    String value = optional(read, setting);
    if (value == null) {
      String mode = read.text(Setting.ANALYTICS_API_AUTH);
      throw new SettingException(
          setting, UNSET, Setting.ANALYTICS_API_AUTH + "=" + mode + " needs it" + orElse);
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw refusal(read, setting, "a text without line breaks and control characters is allowed");
    }
    return value;
  }

  /** A secret that nobody uses is a mistake that would show as a 401 much later. */
  private static void refuseUnused(SettingsReader read, Setting setting, String user, String mode) {
    if (optional(read, setting) != null && !user.equals(mode)) {
      throw refusal(
          read,
          setting,
          "with "
              + Setting.ANALYTICS_API_AUTH
              + "="
              + mode
              + " only "
              + UNSET
              + " is allowed; "
              + user
              + " uses it");
    }
  }

  private static boolean isHttps(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  private static Map<Setting, String> modes() {
    Map<Setting, String> modes = new LinkedHashMap<>();
    modes.put(Setting.ANALYTICS_API_USERNAME, "basic");
    modes.put(Setting.ANALYTICS_API_PASSWORD, "basic");
    modes.put(Setting.ANALYTICS_API_TOKEN, "bearer");
    modes.put(Setting.ANALYTICS_API_TOKEN_FILE, "bearer");
    modes.put(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL, "oauth2");
    modes.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_ID, "oauth2");
    modes.put(Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET, "oauth2");
    modes.put(Setting.ANALYTICS_API_OAUTH2_SCOPE, "oauth2");
    return modes;
  }
}
