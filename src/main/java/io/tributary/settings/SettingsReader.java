package io.tributary.settings;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.logging.LogText;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and checks the text of one setting. */
record SettingsReader(Settings.Source source) {
  /** What a setting has that is not set. */
  static final String UNSET = "none";

  private static final Pattern BROKER =
      Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s,/@?]+):(\\d{1,5})");

  String text(Setting setting) {
    String value = source.valueOf(setting);
    if (value == null) {
      return setting.defaultValue();
    }
    if (value.isBlank()) {
      if (setting.defaultValue().equals(UNSET)) { // as Compose makes of a variable that is not set
        return UNSET;
      }
      throw new SettingException(setting, value, "it must not be blank");
    }
    return value.strip();
  }

  /** A text that is fit for one line. */
  String line(Setting setting) {
    String value = text(setting);
    if (!value.equals(LogText.oneLine(value))) {
      throw refusal(setting, "a text without line breaks and control characters is allowed");
    }
    return value;
  }

  /** The text of a setting; null when it is not set. */
  @Nullable String optional(Setting setting) {
    String value = text(setting);
    return value.equals(UNSET) ? null : value;
  }

  /** The text of a setting that another one needs: that with the given value. */
  String needed(Setting setting, String by) {
    String value = optional(setting);
    if (value == null) {
      throw new SettingException(setting, UNSET, by + " needs it");
    }
    return line(setting);
  }

  /** The path of a file; null when it is not set. */
  @Nullable Path file(Setting setting) {
    String value = optional(setting);
    try {
      return value == null ? null : Path.of(value);
    } catch (InvalidPathException e) {
      throw refusal(setting, "the path of a file is allowed, or " + UNSET);
    }
  }

  /** Refuses a setting that nobody uses: it shows a mistake. */
  void refuseUnused(Setting setting, String given, String user) {
    if (optional(setting) != null) {
      throw refusal(
          setting, "with %s only %s is allowed; %s uses it".formatted(given, UNSET, user));
    }
  }

  /** The refusal of a setting, with its value unless that is a secret. */
  SettingException refusal(Setting setting, String allowed) {
    return new SettingException(
        setting, setting.isSecret() ? Secret.STARS : text(setting), allowed);
  }

  int whole(Setting setting, int min, int max) {
    String value = text(setting);
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // refused below, as a number out of range is
    }
    throw new SettingException(
        setting, value, "a whole number from " + min + " to " + max + " is allowed");
  }

  Duration seconds(Setting setting, String min, String max) {
    BigDecimal seconds = decimal(setting, "a number of seconds", min, max);
    return Duration.ofNanos(seconds.movePointRight(9).longValue());
  }

  BigDecimal decimal(Setting setting, String what, String min, String max) {
    String value = text(setting);
    try {
      BigDecimal number = new BigDecimal(value);
      if (number.compareTo(new BigDecimal(min)) >= 0
          && number.compareTo(new BigDecimal(max)) <= 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // refused below, as a number out of range is
    }
    throw new SettingException(
        setting, value, what + " from " + min + " to " + max + " is allowed");
  }

  String brokers(Setting setting) {
    String value = text(setting);
    for (String broker : value.split(",", -1)) {
      var match = BROKER.matcher(broker.strip());
      if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
        throw new SettingException(
            setting, value, "host:port is allowed, several separated by commas");
      }
    }
    return value;
  }

  String topic(Setting setting, Map<String, Setting> taken) {
    String value = text(setting);
    if (!Settings.isTopic(value)) {
      throw new SettingException(setting, value, Settings.TOPICS);
    }
    Setting other = taken.putIfAbsent(value, setting);
    if (other != null) {
      throw new SettingException(
          setting, value, "it must differ from " + other.name() + ", which is the same topic");
    }
    return value;
  }

  URI url(Setting setting) {
    String value = text(setting);
    URI url = httpUrl(value);
    if (url != null) {
      // Camel knows no scheme in capitals.
      return URI.create(url.toString().replaceFirst(url.getScheme(), lowerCase(url.getScheme())));
    }
    throw new SettingException(
        setting,
        value,
        httpUrl(value.replace('_', '-')) == null
            ? "an http:// or https:// URL with a host, without user or query, is allowed"
            : "a host's name without an underscore is allowed; in Compose, give the service an"
                + " alias without one");
  }

  private static @Nullable URI httpUrl(String value) {
    try {
      URI url = new URI(value.replaceFirst("/+$", ""));
      boolean http =
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
      boolean bare =
          url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
      boolean named = url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65_535;
      return http && bare && named ? url : null;
    } catch (URISyntaxException notAUrl) {
      return null;
    }
  }

  private static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  Path path(Setting setting) {
    String value = text(setting);
    try {
      return Path.of(value);
    } catch (InvalidPathException notAPath) {
      throw new SettingException(setting, value, "the path of a folder is allowed");
    }
  }

  ContentDedupe contentDedupe(Setting setting) {
    List<String> names =
        Arrays.stream(ContentDedupe.values())
            .map(mode -> mode.name().toLowerCase(Locale.ROOT))
            .toList();
    return ContentDedupe.valueOf(oneOf(setting, names).toUpperCase(Locale.ROOT));
  }

  /** An empty value counts as not set while nothing uses the setting. */
  String oneOf(Setting setting, List<String> allowed, boolean used) {
    String value = source.valueOf(setting);
    return !used && value != null && value.isBlank()
        ? setting.defaultValue()
        : oneOf(setting, allowed);
  }

  String oneOf(Setting setting, List<String> allowed) {
    String value = text(setting);
    return allowed.stream()
        .filter(value::equalsIgnoreCase)
        .findFirst()
        .orElseThrow(
            () ->
                new SettingException(
                    setting, value, "one of " + String.join(", ", allowed) + " is allowed"));
  }
}
