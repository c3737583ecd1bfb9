package io.tributary.merge;

import io.tributary.batch.BatchJson;
import io.tributary.batch.Limits;
import io.tributary.batch.Section;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.util.List;
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
  private volatile Envelope envelope;

  public BatchLimits(Settings settings, Sections sections) {
    this.settings = settings;
    this.sections = sections;
    this.envelope = measured(List.of());
  }

  /** What stands around the records of a batch with these sections, in bytes. */
  private record Envelope(List<Section> sections, int size) {}

  /** The limits with the sections that there are now. */
  public Limits now() {
    int room = settings.whole(Setting.MERGE_MAX_BYTES) - envelopeSize(sections.all());
    return new Limits(settings.whole(Setting.MERGE_MAX_MESSAGES), Math.min(room, learned.get()));
  }

  private int envelopeSize(List<Section> now) {
    Envelope last = envelope;
    if (!last.sections().equals(now)) {
      last = measured(now);
      envelope = last;
    }
    return last.size();
  }

  private Envelope measured(List<Section> all) {
    return new Envelope(
        all,
        BatchJson.envelopeSize(
            all, settings.text(Setting.SERVICE_NAME), settings.text(Setting.SERVICE_VERSION)));
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
