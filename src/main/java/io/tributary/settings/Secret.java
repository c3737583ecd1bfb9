package io.tributary.settings;

/** A text that nobody may read: whatever prints it prints three stars. */
public record Secret(String value) {
  static final String STARS = "***";

  @Override
  public String toString() {
    return STARS;
  }
}
