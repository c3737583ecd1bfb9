package io.tributary.operations;

import io.tributary.batch.Batch;
import io.tributary.dedupe.SeenIds;
import io.tributary.delivery.RecentBatches;
import io.tributary.event.Outcome;
import io.tributary.merge.Sections;
import io.tributary.metrics.Ledger;
import io.tributary.store.Store;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the line {@code Application statistics}. Safe for several threads.
 *
 * @param rememberedKeys how many keys the cache holds when it is full
 */
public record Statistics(
    Sections sections, int rememberedKeys, Ledger ledger, Store store, SeenIds seenIds) {
  private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);

  /** Logs the figures since the start, and the state as it is. */
  public void log() {
    LOG.info("Application statistics: {}", line());
  }

  public String line() {
    long entries = seenIds.count();
    return String.format(
        Locale.ROOT,
        "%s; merge buffer: %s, pending batches=%d; idempotency cache: entries=%d, utilization=%.1f%%",
        sections.topics().stream().map(this::consumer).collect(Collectors.joining("; ")),
        buffer(),
        store.pendingCount(),
        entries,
        100.0 * entries / rememberedKeys);
  }

  private String consumer(String topic) {
    long skipped =
        ledger.count(topic, Outcome.DUPLICATE_ID) + ledger.count(topic, Outcome.DUPLICATE_CONTENT);
    return String.format(
        Locale.ROOT,
        "%s: processed=%d, skipped=%d, errors=%d",
        topic,
        ledger.count(topic, Outcome.MERGED),
        skipped,
        ledger.count(topic, Outcome.DEAD_LETTER));
  }

  private String buffer() {
    Map<String, Integer> records = new LinkedHashMap<>();
    sections.all().forEach(section -> records.put(section.name(), 0));
    Batch open = store.open();
    if (open != null) {
      records.putAll(RecentBatches.records(open));
    }
    return records.entrySet().stream()
        .map(count -> count.getKey() + "=" + count.getValue())
        .collect(Collectors.joining(", "));
  }
}
