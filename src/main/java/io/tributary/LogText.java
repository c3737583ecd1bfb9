package io.tributary;

/** Text from outside, made fit for a line of the log: it must not forge a second line. */
public final class LogText {
  private LogText() {}

  /** The text on one line: what breaks or steers a line becomes a question mark. */
  public static String oneLine(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
  }

  /** The text on one line, cut after so many characters. */
  public static String oneLine(String text, int longest) {
    return oneLine(text.length() <= longest ? text : text.substring(0, longest) + "…");
  }
}
