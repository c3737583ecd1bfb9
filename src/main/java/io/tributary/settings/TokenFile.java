package io.tributary.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A token in a file that something else writes anew from time to time. */
public final class TokenFile {
  /** What a token is, for those who have to write one. */
  static final String TOKEN = "one line of visible ASCII characters";

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+");

  private static final int LONGEST = 64 * 1024;

  private TokenFile() {}

  /** Whether a text can be a token. */
  public static boolean isToken(String text) {
    return VISIBLE.matcher(text).matches();
  }

  /**
   * The token that the file has now.
   *
   * @throws IOException when there is none; the message has nothing of what the file holds
   */
  public static String read(String file) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      String token = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8).strip();
      if (isToken(token)) {
        return token;
      }
    }
    throw new IOException("it does not hold " + TOKEN);
  }
}
