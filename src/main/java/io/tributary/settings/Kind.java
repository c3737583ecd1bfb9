package io.tributary.settings;

import io.tributary.logging.LogText;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the text of a setting may be. */
@FunctionalInterface
interface Kind {
  /** What a setting has that is not set. */
  String NONE = "none";

  Pattern BROKER = Pattern.compile("\\s*(\\[[0-9a-fA-F:]+]|[^:\\s,/@?]+):(\\d{1,5})\\s*");
  Pattern TOPIC_NAME = Pattern.compile("(?!\\.\\.?$)[a-zA-Z0-9._-]{1,249}");

  Kind ANY = text -> null;

  Kind LINE = of("a text without line breaks and control characters is allowed", Kind::isLine);

  Kind USER = text -> text.contains(":") ? "a name without a colon is allowed" : LINE.refusal(text);

  Kind TOKEN = of(TokenFile.TOKEN + ", without line breaks, is allowed", TokenFile::isToken);

  Kind BROKERS =
      of(
          "host:port is allowed, several separated by commas",
          text ->
              Arrays.stream(text.split(",", -1))
                  .map(BROKER::matcher)
                  .allMatch(m -> m.matches() && Integer.parseInt(m.group(2)) <= 65_535));

  Kind TOPIC =
      of(
          "a topic's name of 1 to 249 letters, digits, '.', '_', '-' is allowed",
          text -> TOPIC_NAME.matcher(text).matches());

  Kind FOLDER = of("the path of a folder is allowed", Kind::isLine);

  Kind FILE = of("the path of a file is allowed, or " + NONE, Kind::isLine);

  Kind URL =
      text -> {
        if (url(text) != null) {
          return null;
        }
        return url(text.replace('_', '-')) == null
            ? "an http:// or https:// URL with a host, without user or query, is allowed"
            : "a host's name without an underscore is allowed; in Compose, give the service an"
                + " alias without one";
      };

  /** A character of a path, as it is written. */
  String CHARACTER = "(?:[\\w.~!$&'()*+,;=-]|%[0-9a-fA-F]{2})";

  Kind PATH =
      of(
          "a path that begins with / is allowed, percent-encoded and without a query",
          text -> text.matches("(?:/(?:" + CHARACTER + "|[:@])*)+"));

  Kind PROXY =
      of(
          "http://host:port or http://user:password@host:port is allowed, percent-encoded",
          Kind::isProxy);

  /** What is allowed in place of the text; null when it is. */
  @Nullable String refusal(String text);

  static Kind of(String allowed, Predicate<String> fits) {
    return text -> fits.test(text) ? null : allowed;
  }

  static Kind oneOf(String... words) {
    return of(
        "one of " + String.join(", ", words) + " is allowed",
        text -> Arrays.stream(words).anyMatch(text::equalsIgnoreCase));
  }

  static Kind whole(int min, int max) {
    return of(
        "a whole number from " + min + " to " + max + " is allowed",
        text -> text.matches("[+-]?\\d+") && isFrom(text, "" + min, "" + max));
  }

  static Kind seconds(String min, String max) {
    return number("a number of seconds", min, max);
  }

  static Kind number(String what, String min, String max) {
    return of(what + " from " + min + " to " + max + " is allowed", text -> isFrom(text, min, max));
  }

  private static boolean isFrom(String text, String min, String max) {
    try {
      BigDecimal number = new BigDecimal(text);
      return number.compareTo(new BigDecimal(min)) >= 0
          && number.compareTo(new BigDecimal(max)) <= 0;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }

  private static boolean isLine(String text) {
    return text.equals(LogText.oneLine(text));
  }

  private static boolean isProxy(String text) {
    String user = "(?<=://)" + CHARACTER + "+:" + CHARACTER + "+@";
    URI url = url(text.replaceFirst(user, ""));
    return url != null
        && url.getScheme().equals("http")
        && url.getPort() > 0
        && url.getRawPath().isEmpty();
  }

  /** The URL without a slash at its end, and its scheme in small letters, as Camel wants it. */
  static @Nullable URI url(String text) {
    try {
      URI url = new URI(text.replaceFirst("/+$", ""));
      String scheme = String.valueOf(url.getScheme());
      boolean bare =
          url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
      boolean named = url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65_535;
      return bare && named && (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
          ? URI.create(scheme.toLowerCase(Locale.ROOT) + url.toString().substring(scheme.length()))
          : null;
    } catch (URISyntaxException notAUrl) {
      return null;
    }
  }
}
