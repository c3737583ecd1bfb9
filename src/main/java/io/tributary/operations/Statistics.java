package io.tributary.operations;

import io.tributary.Settings;
import io.tributary.dedupe.SeenIds;
import io.tributary.intake.Outcome;
import io.tributary.merge.Batch;
import io.tributary.merge.MergeStore;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the line {@code Application statistics}. Safe for several threads. */
public final class Statistics {
  private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);

  private final Settings settings;
  private final Ledger ledger;
  private final MergeStore store;
  private final SeenIds seenIds;

  public Statistics(Settings settings, Ledger ledger, MergeStore store, SeenIds seenIds) {
    this.settings = settings;
    this.ledger = ledger;
    this.store = store;
    this.seenIds = seenIds;
  }

  /** Logs the figures since the start, and the state as it is. */
  public void log() {
    LOG.info("Application statistics: {}", line());
  }

  String line() {
    long entries = seenIds.count();
    return String.format(
        Locale.ROOT,
        "%s; merge buffer: %s, pending batches=%d; idempotency cache: entries=%d, utilization=%.1f%%",
        List.of(settings.customerTopic(), settings.inventoryTopic()).stream()
            .map(this::consumer)
            .collect(Collectors.joining("; ")),
        buffer(),
        store.pendingCount(),
        entries,
        100.0 * entries / settings.rememberedKeys());
  }

  private String consumer(String topic) {
    long skipped =
        ledger.events(topic, Outcome.DUPLICATE_ID.label())
            + ledger.events(topic, Outcome.DUPLICATE_CONTENT.label());
    return String.format(
        Locale.ROOT,
        "%s: processed=%d, skipped=%d, errors=%d",
        topic,
        ledger.events(topic, Outcome.MERGED.label()),
        skipped,
        ledger.events(topic, Outcome.DEAD_LETTER.label()));
  }

  private String buffer() {
    Batch open = store.open();
    if (open == null || open.counts().isEmpty()) {
      return "empty";
    }
    return open.counts().stream()
        .map(count -> count.section().name() + "=" + count.records())
        .collect(Collectors.joining(", "));
  }
}
