package io.tributary.merge;

import io.tributary.Settings;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out how much payload fits beside a batch's envelope, and learns from the API's refusals
 * what is too large for it, until the next start. Safe for several threads.
 */
public final class BatchLimits {
  /** No refusal makes batches smaller than this, in bytes of payload. */
  static final int SMALLEST_LEARNED = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(BatchLimits.class);

  private final AtomicLong learned = new AtomicLong(Long.MAX_VALUE);
  private final Settings settings;
  private final Sections sections;

  public BatchLimits(Settings settings, Sections sections) {
    this.settings = settings;
    this.sections = sections;
  }

  /** The limits with the sections that there are now. */
  public Limits now() {
    int envelope =
        BatchJson.envelopeSize(sections.all(), settings.serviceName(), settings.serviceVersion());
    return new Limits(
        settings.maxMessages(), Math.min(settings.maxBytes() - envelope, learned.get()));
  }

  /** The API has refused so many bytes of payload as too large: further batches have half of it. */
  public void refusedAsTooLarge(long payloadBytes) {
    long half = Math.max(SMALLEST_LEARNED, payloadBytes / 2);
    if (half < now().maxPayloadBytes()) {
      learned.accumulateAndGet(half, Math::min);
      LOG.info("The API takes smaller batches only: from now on up to {} bytes of records", half);
    }
  }
}
