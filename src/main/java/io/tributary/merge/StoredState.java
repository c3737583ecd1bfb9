package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The batches that a state folder holds.
 *
 * @param open the open one; null when there is none
 * @param pending the completed ones, oldest first
 * @param lastNumber the highest number of a batch
 */
record StoredState(@Nullable Batch open, List<Batch> pending, long lastNumber) {

  /**
   * Reads the heads of the batches, and looks whether their fragments are there: a log that lost a
   * write in its middle shows as a fragment that is missing.
   *
   * @throws StateException when the folder is damaged
   */
  static StoredState read(StateFolder folder) {
    List<Batch> batches = new ArrayList<>();
    folder.forEach(StateKey.HEAD, (key, value) -> batches.add(head(folder, value)));
    checkFragments(folder, batches);
    List<Batch> pending = batches.stream().filter(batch -> batch.completion() != null).toList();
    List<Batch> open = batches.stream().filter(batch -> batch.completion() == null).toList();
    if (open.size() > 1) {
      throw StateException.damaged(folder, open.size() + " batches are open");
    }
    long last = batches.isEmpty() ? 0 : batches.get(batches.size() - 1).number();
    return new StoredState(open.isEmpty() ? null : open.get(0), pending, last);
  }

  private static Batch head(StateFolder folder, ByteBuffer json) {
    try {
      return Batch.fromJson(json);
    } catch (IOException e) {
      throw StateException.damaged(folder, "the head of a batch cannot be read");
    }
  }

  private static void checkFragments(StateFolder folder, List<Batch> batches) {
    Map<Long, Integer> found = new HashMap<>();
    folder.forEach(StateKey.FRAGMENT, (key, value) -> found.merge(key.getLong(), 1, Integer::sum));
    for (Batch batch : batches) {
      int there = found.containsKey(batch.number()) ? found.remove(batch.number()) : 0;
      if (there != batch.fragments()) {
        throw StateException.damaged(
            folder,
            "batch %d has %d of its %d fragments"
                .formatted(batch.number(), there, batch.fragments()));
      }
    }
    if (!found.isEmpty()) {
      throw StateException.damaged(folder, "no head for batches " + found.keySet());
    }
  }
}
