package io.tributary;

import org.apache.logging.log4j.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at once, with status 1, when going on would do harm. Nothing is lost by that, as
 * by SIGKILL.
 */
final class EmergencyStop {
  private static final Logger LOG = LoggerFactory.getLogger(EmergencyStop.class);

  private EmergencyStop() {}

  /** Says why, and ends. */
  static void end(String why) {
    LOG.error("Tributary ends: {}", why);
    LogManager.shutdown();
    Runtime.getRuntime().halt(1);
  }
}
