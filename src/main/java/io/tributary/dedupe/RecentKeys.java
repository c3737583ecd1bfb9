package io.tributary.dedupe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import io.tributary.event.Hash128;
import java.time.Duration;

/**
 * The keys written last: each for its time to live, and no more than its size after a {@link
 * #trim}. The oldest go first, and not those that are asked for least, as in a cache with a maximum
 * size. Safe for several threads.
 */
final class RecentKeys {
  private final int size;
  private final Cache<Hash128, Boolean> keys;
  private final FixedExpiration<Hash128, Boolean> byAge;

  /** Nanoseconds by which the clock is behind, while a key is restored. */
  private volatile long behind;

  /**
   * @param size keys that a trim leaves
   * @param timeToLive how long each is remembered
   */
  RecentKeys(int size, Duration timeToLive) {
    this.size = size;
    this.keys =
        Caffeine.newBuilder()
            .expireAfterWrite(timeToLive)
            .ticker(() -> System.nanoTime() - behind)
            .executor(task -> {}) // a trim does what is due, once for all keys of a poll
            .build();
    this.byAge = keys.policy().expireAfterWrite().orElseThrow();
  }

  /** Remembers a key unless it is remembered already; tells whether it was new. */
  boolean addIfNew(Hash128 key) {
    return keys.asMap().putIfAbsent(key, true) == null;
  }

  /**
   * Remembers a key that was written a while ago. Oldest first, before the first other call.
   *
   * @param age time since it was written
   */
  void restore(Hash128 key, Duration age) {
    behind = age.toNanos();
    // What is written again within a second would keep its place.
    keys.invalidate(key);
    keys.put(key, true);
    behind = 0;
  }

  /** Forgets a key. */
  void remove(Hash128 key) {
    keys.invalidate(key);
  }

  /** Forgets the oldest keys that are too many. */
  synchronized void trim() {
    keys.cleanUp();
    long tooMany = count() - size;
    if (tooMany > 0) {
      keys.invalidateAll(byAge.oldest(Math.toIntExact(tooMany)).keySet());
    }
  }

  /** Forgets every key. */
  void clear() {
    keys.invalidateAll();
  }

  /** How many keys are remembered. */
  long count() {
    return keys.estimatedSize();
  }
}
