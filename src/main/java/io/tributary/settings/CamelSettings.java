package io.tributary.settings;

import io.tributary.logging.LogLevel;
import java.util.EnumMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/** The settings as Camel's properties have them: {@code application.properties} and overrides. */
public final class CamelSettings {
  private CamelSettings() {}

  /**
   * The settings of a context, which has them without the blanks around them after that. From here
   * on, no library logs what could be a secret.
   *
   * @throws SettingException when one of them cannot be used
   */
  public static Settings of(CamelContext context) {
    LogLevel.keepSecrets();
    Map<Setting, String> written = new EnumMap<>(Setting.class);
    Settings settings =
        Settings.from(
            setting -> {
              String text = text(context, setting);
              if (text != null) {
                written.put(setting, text);
              }
              return text;
            });
    // The routes and Camel take some of the properties as they are written.
    written.forEach(
        (setting, text) -> {
          if (!text.equals(text.strip())) {
            context.getPropertiesComponent().addOverrideProperty(setting.property(), text.strip());
          }
        });
    return settings;
  }

  /**
   * The text of a setting; null when the properties do not have it.
   *
   * @throws SettingException when it has a placeholder that Camel cannot resolve
   */
  public static @Nullable String text(CamelContext context, Setting setting) {
    try {
      return context.getPropertiesComponent().parseUri("{{?" + setting.property() + "}}");
    } catch (IllegalArgumentException e) {
      // Without the cause and the value, which may be a secret.
      throw new SettingException(
          setting, "{{…}}", "Camel takes {{ for the start of a placeholder, and knows none such");
    }
  }
}
