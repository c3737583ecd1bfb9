package io.tributary.logging;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text from outside, made fit for a line of the log: it must not forge a second line, and no URL
 * may tell a password or a key.
 */
public final class LogText {
  private static final Pattern BREAK = Pattern.compile("[\\r\\n\\u0085\\u2028\\u2029]\\s*+");

  /** Control characters, changes of the reading direction, and what is no character at all. */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069\\p{IsNoncharacter_Code_Point}]");

  private static final Pattern NOT_ASCII = Pattern.compile("[^ -~]");
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
  private static final Pattern WORD_WITH_SECRET = Pattern.compile("\\S*[@?]\\S*");
  private static final String HIDDEN = "***";

  private LogText() {}

  /** The text with each character that could be invisible by its number, as {@code \\uFEFF}. */
  public static String ascii(String text) {
    return NOT_ASCII
        .matcher(text)
        .replaceAll(c -> Matcher.quoteReplacement("\\u%04X".formatted((int) c.group().charAt(0))));
  }

  /**
   * A URL without what may be secret in it: all before an {@code @}, and all after a question mark.
   */
  public static String url(String url) {
    Matcher scheme = SCHEME.matcher(url);
    String start = scheme.lookingAt() ? scheme.group() : "";
    String rest = url.substring(start.length());
    int at = rest.lastIndexOf('@');
    int query = endOfPath(rest);
    if (query >= 0 && query < at) { // a password with a question mark, or a query with an @
      return start + HIDDEN;
    }
    String shown = at < 0 ? rest : HIDDEN + rest.substring(at);
    query = endOfPath(shown);
    return start + (query < 0 ? shown : shown.substring(0, query + 1) + HIDDEN);
  }

  /** Where a query or a fragment begins; -1 without either. */
  private static int endOfPath(String url) {
    int query = url.indexOf('?');
    int fragment = url.indexOf('#');
    return query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
  }

  /** A text, each word of which may be such a URL. */
  public static String urlsIn(String text) {
    return WORD_WITH_SECRET
        .matcher(text)
        .replaceAll(url -> Matcher.quoteReplacement(url(url.group())));
  }

  /** The text on one line: a break becomes a bar, what else steers a line a question mark. */
  public static String oneLine(String text) {
    return CONTROL.matcher(BREAK.matcher(text).replaceAll(" | ")).replaceAll("?");
  }

  /** The text on one line, cut after so many characters. */
  public static String oneLine(String text, int longest) {
    return oneLine(text.length() <= longest ? text : text.substring(0, longest) + "…");
  }
}
