package io.tributary.settings;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How Tributary signs in at the analytics API. */
public sealed interface ApiCredentials {
  /** Not at all. */
  enum None implements ApiCredentials {
    NONE
  }

  /** With a name and a password (RFC 7617). */
  record Basic(String username, Secret password) implements ApiCredentials {}

  /** With a token that stays the same (RFC 6750). */
  record Bearer(Secret token) implements ApiCredentials {}

  /** With the token that a file has at the time. */
  record BearerFile(Path file) implements ApiCredentials {}

  /**
   * With tokens that a token endpoint gives for a client's name and secret (RFC 6749, section 4.4).
   *
   * @param scope what the token is to be good for, separated by spaces; null leaves it to the
   *     endpoint
   */
  record ClientCredentials(URI tokenUrl, String clientId, Secret secret, @Nullable String scope)
      implements ApiCredentials {}
}
