package io.tributary.event;

import java.util.Locale;

/** What became of a record; {@link #label()} is the value of the metric's label. */
public enum Outcome {
  MERGED,
  DUPLICATE_ID,
  DUPLICATE_CONTENT,
  DEAD_LETTER;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
