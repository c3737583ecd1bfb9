package io.tributary.bench;

import io.tributary.event.Fingerprint;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** The prints written last, so many of them, each for its time to live. One thread at a time. */
final class RecentPrints {
  private final LinkedHashMap<Fingerprint, Seen> prints = new LinkedHashMap<>();
  private final int size;
  private final long nanosToLive;

  private record Seen(Fingerprint value, long nanoTime) {}

  RecentPrints(int size, Duration timeToLive) {
    this.size = size;
    this.nanosToLive = timeToLive.toNanos();
  }

  /** The value of a key; null when the key is not remembered. */
  @Nullable Fingerprint get(Fingerprint key) {
    Seen seen = prints.get(key);
    return seen == null || System.nanoTime() - seen.nanoTime() > nanosToLive ? null : seen.value();
  }

  /** Remembers a key, as the newest one. */
  void put(Fingerprint key, Fingerprint value) {
    prints.remove(key);
    prints.put(key, new Seen(value, System.nanoTime()));
    if (prints.size() > size) {
      var oldest = prints.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
