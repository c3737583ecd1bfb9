package io.tributary.logging;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Sets the level of the program's own log; the libraries' stay as the file of Log4j has them, but
 * for those that would print passwords and tokens at DEBUG.
 */
public final class LogLevel {
  private static final List<String> PRINTING_SECRETS =
      List.of(
          "org.apache.camel.component.properties",
          "org.apache.hc.client5.http.headers",
          "org.apache.hc.client5.http.wire");

  private LogLevel() {}

  /** Has no library print passwords and tokens, whatever the level; before the first is read. */
  public static void keepSecrets() {
    PRINTING_SECRETS.forEach(logger -> Configurator.setLevel(logger, Level.INFO));
  }

  /** Sets the level of {@code io.tributary}, by its name in Log4j. */
  public static void apply(String level) {
    Configurator.setLevel("io.tributary", Level.valueOf(level));
  }
}
