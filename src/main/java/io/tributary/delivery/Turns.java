package io.tributary.delivery;

import io.tributary.batch.Batch;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Header;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which batch is sent, and when: the oldest one that is not settled, when its time has come. After
 * a round of attempts that all failed it waits for the flush interval, or for as long as the API
 * says, and all younger ones wait with it. Used by the delivery thread; {@link #isDue} is safe for
 * several.
 */
public final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final Store store;
  private final Duration flushInterval;
  private final Duration firstDelay;
  private final double multiplier;
  private final Clock clock;
  private volatile long notBefore = System.nanoTime();

  public Turns(Store store, Settings settings, Clock clock) {
    this.store = store;
    this.flushInterval = settings.seconds(Setting.MERGE_FLUSH_INTERVAL);
    this.firstDelay = settings.seconds(Setting.RETRY_BACKOFF_BASE);
    this.multiplier = settings.number(Setting.RETRY_BACKOFF_MULTIPLIER).doubleValue();
    this.clock = clock;
  }

  /** Whether the time has come to send a batch. */
  public boolean isDue() {
    return System.nanoTime() - notBefore >= 0;
  }

  /**
   * Whether this batch, or an older one, is to be sent now. Younger ones have their own turn: a
   * turn that took them along would go on for as long as new ones come, and theirs would pile up.
   */
  public boolean isDueUpTo(Batch batch) {
    Batch oldest = store.oldestUnsettled();
    return isDue() && oldest != null && oldest.number() <= batch.number();
  }

  /** The oldest batch that is not settled, or the next of its parts. */
  public Batch next() {
    Batch oldest = store.oldestUnsettled();
    if (oldest == null) {
      throw new IllegalStateException("No batch is to be sent");
    }
    return oldest.unsettled().get(0);
  }

  /**
   * Whether another quick retry would be of no use: the API refuses everything, or wants to be left
   * alone for longer than until then.
   *
   * @param retries quick retries that there were
   */
  public boolean isForLater(
      @ExchangeException Exception failure,
      @Header(Exchange.REDELIVERY_COUNTER) @Nullable Integer retries) {
    double next = firstDelay.toMillis() * Math.pow(multiplier, retries == null ? 0 : retries);
    return Verdict.of(failure) == Verdict.REFUSING
        || retryAfter(failure).filter(told -> told.toMillis() > next).isPresent();
  }

  public void postpone(@ExchangeException Exception failure) {
    Optional<Duration> told = retryAfter(failure);
    told.filter(pause -> pause.compareTo(flushInterval) > 0)
        .ifPresent(
            pause -> LOG.warn("Nothing is sent for {} s, as the API says", pause.toSeconds()));
    notBefore = System.nanoTime() + told.orElse(flushInterval).toNanos();
  }

  private Optional<Duration> retryAfter(Exception failure) {
    return failure instanceof HttpOperationFailedException answer
        ? RetryAfter.of(answer, clock)
        : Optional.empty();
  }
}
