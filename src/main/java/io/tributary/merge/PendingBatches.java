package io.tributary.merge;

import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The completed batches in their order, and which of them are settled: need no more attempts, but
 * are not yet forgotten. Safe for several threads; changed by the {@link MergeStore} only.
 */
final class PendingBatches {
  private final Set<Long> settled = ConcurrentHashMap.newKeySet();
  private volatile NavigableMap<Long, Batch> batches = new ConcurrentSkipListMap<>();

  private PendingBatches() {}

  /** No batch is pending. */
  static PendingBatches none() {
    return new PendingBatches();
  }

  List<Batch> all() {
    return List.copyOf(batches.values());
  }

  int count() {
    return batches.size();
  }

  @Nullable Batch get(long number) {
    return batches.get(number);
  }

  /** Whether the batch is unsettled, and no older one is. */
  boolean isTurnOf(Batch batch) {
    for (long number : batches.keySet()) {
      if (!settled.contains(number)) {
        return number == batch.number();
      }
    }
    return false;
  }

  /** Whether that is new: the batch is pending and was not yet settled. */
  boolean settle(Batch batch) {
    return batches.containsKey(batch.number()) && settled.add(batch.number());
  }

  List<Batch> unsettled() {
    return batches.values().stream().filter(batch -> !settled.contains(batch.number())).toList();
  }

  boolean isSettled(long number) {
    return settled.contains(number);
  }

  void add(Batch batch) {
    batches.put(batch.number(), batch);
  }

  void remove(long number) {
    batches.remove(number);
    settled.remove(number);
  }

  /** Takes what was read from the folder, in one step. */
  void replace(List<Batch> read) {
    NavigableMap<Long, Batch> replacement = new ConcurrentSkipListMap<>();
    read.forEach(batch -> replacement.put(batch.number(), batch));
    batches = replacement;
  }
}
