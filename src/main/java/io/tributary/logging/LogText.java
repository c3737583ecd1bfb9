package io.tributary.logging;

import java.util.regex.Pattern;

/** Text from outside, made fit for a line of the log: it must not forge a second line. */
public final class LogText {
  private static final Pattern BREAK = Pattern.compile("[\\r\\n\\u0085\\u2028\\u2029]\\s*+");

  /** Control characters, changes of the reading direction, and what is no character at all. */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069\\p{IsNoncharacter_Code_Point}]");

  private LogText() {}

  /** The text on one line: a break becomes a bar, what else steers a line a question mark. */
  public static String oneLine(String text) {
    return CONTROL.matcher(BREAK.matcher(text).replaceAll(" | ")).replaceAll("?");
  }

  /** The text on one line, cut after so many characters. */
  public static String oneLine(String text, int longest) {
    return oneLine(text.length() <= longest ? text : text.substring(0, longest) + "…");
  }
}
