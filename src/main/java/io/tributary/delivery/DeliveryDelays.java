package io.tributary.delivery;

import io.tributary.settings.Settings;

/** The delays between attempts, as Camel's redelivery policy takes them. */
public final class DeliveryDelays {
  private DeliveryDelays() {}

  /**
   * The delay of each attempt: the quick retries with their exponential back-off, then the flush
   * interval for as long as it takes. By default {@code 1:1000;2:2000;3:4000;4:30000}.
   */
  public static String pattern(Settings settings) {
    StringBuilder pattern = new StringBuilder();
    double delay = settings.backoffBase().toMillis();
    double longest = Integer.MAX_VALUE;
    for (int retry = 1; retry <= settings.maxRetries(); retry++) {
      pattern.append(retry).append(':').append((long) Math.min(longest, delay)).append(';');
      delay *= settings.backoffMultiplier();
    }
    return pattern
        .append(settings.maxRetries() + 1)
        .append(':')
        .append(settings.flushInterval().toMillis())
        .toString();
  }
}
