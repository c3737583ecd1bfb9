package io.tributary.settings;

import java.util.List;

/**
 * With which other setting one has an effect. Set without, it shows a mistake.
 *
 * @param needed whether it must be set then
 * @param values that the other has then; none for any but {@code none}
 */
record Use(Setting other, boolean needed, List<String> values) {
  static Use usedWith(Setting other, String... values) {
    return new Use(other, false, List.of(values));
  }

  static Use neededWith(Setting other, String... values) {
    return new Use(other, true, List.of(values));
  }

  boolean isMet(Settings settings) {
    return (other.use == null || other.use.isMet(settings))
        && (values.isEmpty()
            ? settings.optional(other) != null
            : values.stream().anyMatch(value -> settings.is(other, value)));
  }

  /** Why nothing but that one value is allowed. */
  String refusal(Settings settings, String value) {
    if (other.use != null && !other.use.isMet(settings)) {
      return other.use.refusal(settings, value);
    }
    String user = values.isEmpty() ? "a file" : String.join(" or ", values);
    return "with %s=%s only %s is allowed; %s uses it"
        .formatted(other, settings.text(other), value, user);
  }
}
