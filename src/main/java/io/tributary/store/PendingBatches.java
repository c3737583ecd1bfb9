package io.tributary.store;

import io.tributary.batch.Batch;
import io.tributary.batch.BatchPart;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The completed batches in their order, and which of them are settled: need no more attempts, but
 * are not yet forgotten. Each look sees both at one moment, or a batch that is forgotten meanwhile
 * would look unsettled. Safe for several threads; changed by the {@link Store} only.
 */
final class PendingBatches {
  private final Set<Long> settled = new HashSet<>();
  private final NavigableMap<Long, Batch> batches = new TreeMap<>();

  private PendingBatches() {}

  /** No batch is pending. */
  static PendingBatches none() {
    return new PendingBatches();
  }

  synchronized List<Batch> all() {
    return List.copyOf(batches.values());
  }

  synchronized int count() {
    return batches.size();
  }

  synchronized @Nullable Batch get(long number) {
    return batches.get(number);
  }

  /** Whether that is new: the batch, or the part, is pending and was not yet settled. */
  synchronized boolean settle(Batch batch) {
    Batch whole = batches.get(batch.number());
    if (whole == null || !Objects.equals(whole.part(), batch.part())) {
      return false;
    }
    Batch rest = whole.withoutNextPart();
    if (rest == null) {
      return settled.add(batch.number());
    }
    batches.put(batch.number(), rest);
    return true;
  }

  /** The batch with these halves in its place, or in that of the next of its parts. */
  synchronized Batch halved(Batch batch, List<BatchPart> halves) {
    Batch whole = batches.get(batch.number());
    if (whole == null || !Objects.equals(whole.part(), batch.part())) {
      throw new IllegalStateException(batch.eventId() + " is not the next to be sent");
    }
    return whole.halved(halves);
  }

  /** The first of {@link #unsettled}, without a list of all; null when there is none. */
  synchronized @Nullable Batch oldestUnsettled() {
    for (Batch batch : batches.values()) {
      if (!settled.contains(batch.number())) {
        return batch;
      }
    }
    return null;
  }

  synchronized List<Batch> unsettled() {
    return batches.values().stream().filter(batch -> !settled.contains(batch.number())).toList();
  }

  /** Those that are settled, and not yet forgotten. */
  synchronized List<Long> settled() {
    return List.copyOf(settled);
  }

  synchronized boolean isSettled(long number) {
    return settled.contains(number);
  }

  synchronized void add(Batch batch) {
    batches.put(batch.number(), batch);
  }

  synchronized void remove(long number) {
    batches.remove(number);
    settled.remove(number);
  }
}
