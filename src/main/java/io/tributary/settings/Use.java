package io.tributary.settings;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * When a setting has an effect. Set without one, it shows a mistake.
 *
 * @param other the setting that decides it
 * @param met whether it does with this one's value
 * @param needed whether the setting is then needed
 * @param user who uses it, as a clause
 */
record Use(Setting other, Predicate<Settings> met, boolean needed, String user) {
  static Use usedWith(Setting other, String... values) {
    return with(other, false, values);
  }

  static Use neededWith(Setting other, String... values) {
    return with(other, true, values);
  }

  private static Use with(Setting other, boolean needed, String... values) {
    Predicate<Settings> met =
        settings -> Arrays.stream(values).anyMatch(v -> settings.is(other, v));
    return new Use(other, met, needed, String.join(" or ", values) + " uses it");
  }

  static Use ofFile(Setting file, boolean needed, String user) {
    return new Use(file, settings -> settings.optional(file) != null, needed, user + " uses it");
  }

  static Use withHttps() {
    Setting url = Setting.ANALYTICS_API_BASE_URL;
    return new Use(url, Settings::callsHttps, false, "it is for https:// only");
  }

  boolean isMet(Settings settings) {
    Use its = other.use();
    return (its == null || its.isMet(settings)) && met.test(settings);
  }

  /** Why nothing but that one value is allowed. */
  String refusal(Settings settings, String value) {
    Use its = other.use();
    return its != null && !its.isMet(settings)
        ? its.refusal(settings, value)
        : "with %s only %s is allowed; %s".formatted(settings.said(other), value, user);
  }
}
