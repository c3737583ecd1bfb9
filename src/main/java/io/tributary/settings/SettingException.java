package io.tributary.settings;

import io.tributary.logging.LogText;

/**
 * A setting has a value that cannot be used. The message is one line that names the variable, its
 * value unless that is a secret, and what is allowed. Of a URL it has nothing that may be secret.
 */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SettingException(Setting setting, String value, String allowed) {
    this(setting.name() + "='" + shown(setting, value) + "' cannot be used: " + allowed);
  }

  /** There is no such setting. */
  SettingException(String message) {
    super(LogText.oneLine(message));
  }

  /** An address is put into the wrong variable at times. */
  static String shown(Setting setting, String value) {
    if (setting.isSecret() && !value.isEmpty() && !value.equals(Kind.NONE)) {
      return "***";
    }
    return setting.isAddress() || value.contains("://") ? LogText.url(value) : value;
  }
}
