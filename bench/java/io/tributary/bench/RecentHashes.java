package io.tributary.bench;

import io.tributary.event.Hash128;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** The hashes written last, so many of them, each for its time to live. One thread at a time. */
final class RecentHashes {
  private final LinkedHashMap<Hash128, Seen> hashes = new LinkedHashMap<>();
  private final int size;
  private final long nanosToLive;

  private record Seen(Hash128 value, long nanoTime) {}

  RecentHashes(int size, Duration timeToLive) {
    this.size = size;
    this.nanosToLive = timeToLive.toNanos();
  }

  /** The value of a key; null when the key is not remembered. */
  @Nullable Hash128 get(Hash128 key) {
    Seen seen = hashes.get(key);
    return seen == null || System.nanoTime() - seen.nanoTime() > nanosToLive ? null : seen.value();
  }

  /** Remembers a key, as the newest one. */
  void put(Hash128 key, Hash128 value) {
    hashes.remove(key);
    hashes.put(key, new Seen(value, System.nanoTime()));
    if (hashes.size() > size) {
      var oldest = hashes.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
