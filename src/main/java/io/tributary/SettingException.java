package io.tributary;

/**
 * A setting has a value that cannot be used. The message is one line that names the variable, its
 * value and what is allowed.
 */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SettingException(Setting setting, String value, String allowed) {
    super(setting.name() + "='" + oneLine(value) + "' cannot be used: " + allowed);
  }

  private static String oneLine(String value) {
    return value.replaceAll("\\p{Cntrl}", "?");
  }
}
