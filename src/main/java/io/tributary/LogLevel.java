package io.tributary;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Sets the level of the program's own log; the libraries' stay as {@code log4j2.xml} has them. */
final class LogLevel {
  private LogLevel() {}

  static void apply(String level) {
    Configurator.setLevel("io.tributary", Level.valueOf(level));
  }
}
