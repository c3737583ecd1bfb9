package io.tributary.bench;

/** A property {@code bench.*} whose value cannot be used. */
final class BadProperty extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadProperty(String name, String allowed, String value) {
    super("%s must be %s, not \"%s\"".formatted(name, allowed, value));
  }
}
