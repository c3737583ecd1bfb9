package io.tributary.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the name that was meant by one that nobody knows. */
public final class KnownNames {
  /** Three letters may be the mark before the first line of a file. */
  private static final int NEAR = 3;

  private KnownNames() {}

  /** A question for the nearest of the names; empty when there are none. */
  public static String hint(String unknown, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(unknown, name)))
        .map(name -> "; is '" + name + "' meant?")
        .orElse("");
  }

  /** Whether the name begins as those of the settings do, but for a slip. */
  static boolean isOurs(String name) {
    int dot = name.indexOf('.') + 1;
    return dot > 0
        && distance(name.substring(0, dot).toLowerCase(Locale.ROOT), Setting.PREFIX) <= NEAR;
  }

  /** How many letters are to be put in, left out or exchanged (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int exchanged = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
