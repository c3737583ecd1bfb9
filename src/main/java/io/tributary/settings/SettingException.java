package io.tributary.settings;

import io.tributary.logging.LogText;

/**
 * A setting has a value that cannot be used. The message is one line that names the variable, its
 * value and what is allowed.
 */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SettingException(Setting setting, String value, String allowed) {
    super(LogText.oneLine(setting.name() + "='" + value + "' cannot be used: " + allowed));
  }
}
