package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.logging.LogText;
import io.tributary.store.Store;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time for which a batch stays open, from its first message on. Camel's own completion timeout
 * begins anew with each message, and forgets a completion that fails. Safe for several threads.
 */
public final class MergeWindow {
  private static final Logger LOG = LoggerFactory.getLogger(MergeWindow.class);
  private static final BigDecimal SHORTEST = new BigDecimal("100");
  private static final BigDecimal LONGEST = new BigDecimal("86400000");
  private static final Duration CHECK = Duration.ofMillis(100);

  private final Store store;
  private final Clock clock;
  private volatile Duration longest;
  private volatile String read = "";
  private volatile long lastLook = Long.MIN_VALUE;

  /**
   * @param longest time from a batch's first message to its completion, until the route says it
   */
  public MergeWindow(Store store, Clock clock, Duration longest) {
    this.store = store;
    this.clock = clock;
    this.longest = longest;
  }

  /** The time from a batch's first message to its completion, at the most. */
  public Duration longest() {
    return longest;
  }

  private void take(String seconds) {
    try {
      BigDecimal millis = new BigDecimal(seconds.strip()).movePointRight(3);
      if (millis.compareTo(SHORTEST) >= 0 && millis.compareTo(LONGEST) <= 0) {
        longest = Duration.ofMillis(millis.longValue());
        return;
      }
    } catch (NumberFormatException notANumber) {
      // refused below, as a number out of range is
    }
    LOG.error(
        "The window stays at {} s: '{}' in isOver is no number of seconds from 0.1 to 86400",
        longest.toMillis() / 1000.0,
        LogText.oneLine(seconds, 100));
  }

  /**
   * Whether the open batch is to be completed now; also when the clock was set back. A little
   * early, since it is looked at every 100 ms only.
   *
   * @param seconds time from a batch's first message to its completion, at the most; one that is no
   *     such number leaves it as it was
   */
  public boolean isOver(String seconds) {
    if (!seconds.equals(read)) {
      read = seconds;
      take(seconds);
    }
    long now = clock.millis();
    boolean setBack = now < lastLook;
    lastLook = now;
    long millis = Math.max(0, longest.minus(CHECK).toMillis());
    Batch open = store.open();
    if (open == null || open.messages() == 0) {
      return false;
    }
    long age = now - open.openedAt();
    return (age >= millis || age < 0 || setBack) && store.isUsable();
  }
}
