package io.tributary.settings;

import io.tributary.logging.LogText;
import io.tributary.logging.Logging;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/** The settings as Camel's properties have them: {@code application.properties} and overrides. */
public final class CamelSettings {
  /** UTF-8's, read as UTF-8, or as Latin 1, which is Java's habit. */
  private static final List<String> BYTE_ORDER_MARKS = List.of("\uFEFF", "\u00EF\u00BB\u00BF");

  private CamelSettings() {}

  /**
   * The settings of a context. It has each as it is used after that: without blanks around it, and
   * also when its line is missing. From here on, no library logs what could be a secret.
   *
   * @throws SettingException when one of them cannot be used, or is none
   */
  public static Settings of(CamelContext context) {
    Logging.keepSecrets();
    checkNames(context);
    Map<Setting, String> texts = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      texts.put(setting, text(context, setting));
    }
    Settings settings = Settings.from(texts::get);
    // The routes and Camel take some of the properties as they are written.
    for (Setting setting : Setting.values()) {
      String used = settings.text(setting);
      if (!used.equals(written(context, setting))) {
        context.getPropertiesComponent().addOverrideProperty(setting.property(), used);
      }
    }
    return settings;
  }

  /**
   * The text of a setting; without a line for it, that of its environment variable, or its default.
   *
   * @throws SettingException when it has a placeholder that Camel cannot resolve
   */
  public static String text(CamelContext context, Setting setting) {
    String written = written(context, setting);
    return written != null
        ? written
        : Objects.requireNonNull(resolved(context, setting, setting.line()));
  }

  private static @Nullable String written(CamelContext context, Setting setting) {
    return resolved(context, setting, "{{?" + setting.property() + "}}");
  }

  private static @Nullable String resolved(CamelContext context, Setting setting, String text) {
    try {
      return context.getPropertiesComponent().parseUri(text);
    } catch (IllegalArgumentException e) {
      // Without the cause and the value, which may be a secret.
      throw new SettingException(
          setting
              + "='{{…}}' cannot be used: Camel takes {{ for the start of a placeholder, and knows"
              + " none such");
    }
  }

  /** What nobody knows would be passed over, and its default used. */
  private static void checkNames(CamelContext context) {
    List<String> known = Arrays.stream(Setting.values()).map(Setting::property).toList();
    Stream.of(context.getPropertiesComponent().loadProperties(), System.getProperties())
        .flatMap(properties -> properties.stringPropertyNames().stream())
        .filter(name -> !known.contains(name))
        .filter(name -> name.startsWith(Setting.PREFIX) || KnownNames.isSlip(name, known))
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              String mark =
                  BYTE_ORDER_MARKS.stream().anyMatch(name::startsWith)
                      ? ": the file's byte order mark is taken for a part of its first name"
                      : "";
              throw new SettingException(
                  "there is no setting '%s'%s%s A property of your own needs another prefix"
                      .formatted(LogText.ascii(name), mark, KnownNames.hint(name, known)));
            });
  }
}
