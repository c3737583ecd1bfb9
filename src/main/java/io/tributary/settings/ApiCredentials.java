package io.tributary.settings;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
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

  /** With the token that a file has at the time; something else writes it anew now and then. */
  record BearerFile(Path file) implements ApiCredentials {
    /** What a token is, for those who have to write one. */
    static final String TOKEN = "one line of visible ASCII characters";

    private static final int LONGEST = 64 * 1024;
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+");

    /** Whether a text can be a token. */
    public static boolean isToken(String text) {
      return VISIBLE.matcher(text).matches();
    }

    /**
     * The token that the file has now.
     *
     * @throws IOException when there is none; the message has nothing of what the file holds
     */
    public String read() throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        String token = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).strip();
        if (isToken(token)) {
          return token;
        }
      }
      throw new IOException("it does not hold " + TOKEN);
    }
  }

  /**
   * With tokens that a token endpoint gives for a client's name and secret (RFC 6749, section 4.4).
   *
   * @param scope what the token is to be good for, separated by spaces; null leaves it to the
   *     endpoint
   */
  record ClientCredentials(URI tokenUrl, String clientId, Secret secret, @Nullable String scope)
      implements ApiCredentials {}
}
