package io.tributary.settings;

import io.tributary.settings.ApiCredentials.Basic;
import io.tributary.settings.ApiCredentials.Bearer;
import io.tributary.settings.ApiCredentials.BearerFile;
import io.tributary.settings.ApiCredentials.ClientCredentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the analytics API is reached.
 *
 * @param credentials how Tributary signs in
 * @param tls whom it trusts, and how it identifies itself to the other end of a connection
 * @param gzip whether the body of a POST is compressed
 */
public record ApiAccess(ApiCredentials credentials, ApiTls tls, boolean gzip) {
  private static final Map<Setting, String> MODES = modes();

  /**
   * Reads and checks all of these settings.
   *
   * @throws SettingException when one cannot be used, is missing, or would have no effect; it has
   *     no secret
   */
  static ApiAccess from(SettingsReader read) {
    String mode =
        read.oneOf(Setting.ANALYTICS_API_AUTH, List.of("none", "basic", "bearer", "oauth2"));
    MODES.forEach(
        (setting, user) -> {
          if (!user.equals(mode)) {
            read.refuseUnused(setting, said(read), user);
          }
        });
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

  private static Basic basic(SettingsReader read) {
    String username = needed(read, Setting.ANALYTICS_API_USERNAME);
    if (username.contains(":")) {
      throw read.refusal(Setting.ANALYTICS_API_USERNAME, "a name without a colon is allowed");
    }
    return new Basic(username, new Secret(needed(read, Setting.ANALYTICS_API_PASSWORD)));
  }

  private static ApiCredentials bearer(SettingsReader read) {
    Path file = read.file(Setting.ANALYTICS_API_TOKEN_FILE);
    if (file == null) {
      String token =
          read.needed(
              Setting.ANALYTICS_API_TOKEN,
              said(read) + " without " + Setting.ANALYTICS_API_TOKEN_FILE);
      if (!BearerFile.isToken(token)) {
        throw read.refusal(Setting.ANALYTICS_API_TOKEN, BearerFile.TOKEN + " is allowed");
      }
      return new Bearer(new Secret(token));
    }
    if (read.optional(Setting.ANALYTICS_API_TOKEN) != null) {
      throw read.refusal(
          Setting.ANALYTICS_API_TOKEN_FILE,
          "only one of it and " + Setting.ANALYTICS_API_TOKEN + " is allowed");
    }
    BearerFile token = new BearerFile(file);
    try {
      token.read();
    } catch (IOException e) {
      throw read.refusal(
          Setting.ANALYTICS_API_TOKEN_FILE,
          "a readable file with nothing but the token, " + BearerFile.TOKEN + ", is allowed");
    }
    return token;
  }

  private static ClientCredentials clientCredentials(SettingsReader read) {
    needed(read, Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
    read.url(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL);
    return new ClientCredentials(
        // Not as the reader gives it: to a token endpoint a slash at the end is another path.
        URI.create(read.text(Setting.ANALYTICS_API_OAUTH2_TOKEN_URL)),
        needed(read, Setting.ANALYTICS_API_OAUTH2_CLIENT_ID),
        new Secret(needed(read, Setting.ANALYTICS_API_OAUTH2_CLIENT_SECRET)),
        read.optional(Setting.ANALYTICS_API_OAUTH2_SCOPE));
  }

  private static String needed(SettingsReader read, Setting setting) {
    return read.needed(setting, said(read));
  }

  private static String said(SettingsReader read) {
    return Setting.ANALYTICS_API_AUTH + "=" + read.text(Setting.ANALYTICS_API_AUTH);
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
