package io.tributary.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A token in a file that something else writes anew from time to time. */
public final class TokenFile {
  /** What a token is, for those who have to write one. */
  static final String TOKEN = "one line of visible ASCII characters";

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+");

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
    String token = Files.readString(Path.of(file)).strip();
    if (!isToken(token)) {
      throw new IOException("it does not hold " + TOKEN);
    }
    return token;
  }
}
