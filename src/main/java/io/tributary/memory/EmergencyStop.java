package io.tributary.memory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the process at once when going on would do harm. Nothing is lost by that, as by SIGKILL. */
public final class EmergencyStop {
  private static final Logger LOG = LoggerFactory.getLogger(EmergencyStop.class);

  private EmergencyStop() {}

  /** Says why, and ends with status 1. */
  public static void end(String why) {
    end(1, "Tributary ends: {}", why);
  }

  /**
   * Ends also when there is no memory left to say why. Closes no log: that can wait for a thread.
   */
  static void end(int status, String line, Object... values) {
    try {
      LOG.error(line, values);
    } finally {
      Runtime.getRuntime().halt(status);
    }
  }
}
