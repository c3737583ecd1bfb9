package io.tributary.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token in a file that something else writes anew from time to time. It is read for every call:
 * that costs nothing beside the call, and a change of the file's time can be missed.
 */
public final class TokenFile implements Authorization {
  /** What a token is, for those who have to write one. */
  public static final String TOKEN = "one line of visible ASCII characters";

  private static final int LONGEST = 64 * 1024;
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+");

  private final Path file;

  TokenFile(Path file) {
    this.file = file;
  }

  /** Whether a text can be a token. */
  public static boolean isToken(String text) {
    return VISIBLE.matcher(text).matches();
  }

  /**
   * The token in a file.
   *
   * @throws IOException when there is none; the message has nothing of what the file holds
   */
  public static String read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST);
    }
    String token = new String(bytes, StandardCharsets.UTF_8).strip();
    if (!isToken(token)) {
      throw new IOException("it does not hold " + TOKEN);
    }
    return token;
  }

  @Override
  public String header(Cut cut) throws TokenException {
    try {
      return Authorization.bearer(read(file));
    } catch (IOException e) {
      throw new TokenException("token file " + file + " cannot be used: " + e, true, e);
    }
  }

  @Override
  public @Nullable String inPlaceOf(String refused, Cut cut) throws TokenException {
    String now = header(cut);
    return now.equals(refused) ? null : now;
  }
}
