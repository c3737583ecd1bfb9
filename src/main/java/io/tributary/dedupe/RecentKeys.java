package io.tributary.dedupe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.tributary.intake.Fingerprint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The keys written last, each with a value: at least {@code size} of them (and at most a
 * sixty-fourth more), each for its time to live. The oldest go first.
 *
 * <p>It is a Caffeine cache without Caffeine's size limit: that one keeps the keys that are asked
 * for most, and of a stream of keys that each come once it keeps the <em>first</em> ones, which is
 * the wrong end for recognising what is sent again. Safe for several threads.
 */
final class RecentKeys<V> {
  private final Cache<Fingerprint, V> cache;
  private final FixedExpiration<Fingerprint, V> byAge;
  private final int size;
  private final int slack;
  private volatile long ageNanos;

  RecentKeys(int size, Duration timeToLive) {
    this.size = size;
    this.slack = size / 64;
    this.cache =
        Caffeine.newBuilder()
            .expireAfterWrite(timeToLive)
            .ticker(() -> System.nanoTime() - ageNanos)
            .executor(Runnable::run)
            .recordStats()
            .build();
    this.byAge = cache.policy().expireAfterWrite().orElseThrow();
  }

  /** The value of a key; null when the key is not remembered. */
  @Nullable V get(Fingerprint key) {
    return cache.getIfPresent(key);
  }

  /** Remembers a key unless it is remembered already; tells whether it was new. Atomic. */
  boolean addIfNew(Fingerprint key, V value) {
    boolean added = cache.asMap().putIfAbsent(key, value) == null;
    if (added) {
      forgetOldest();
    }
    return added;
  }

  /** Remembers a key, as the newest one. */
  void put(Fingerprint key, V value) {
    cache.put(key, value);
    forgetOldest();
  }

  /**
   * Remembers a key that was written a while ago. Oldest first, before the first other call.
   *
   * @param age time since it was written
   */
  void restore(Fingerprint key, V value, Duration age) {
    ageNanos = Math.max(0, age.toNanos());
    put(key, value);
    ageNanos = 0;
  }

  /** Forgets a key. */
  void remove(Fingerprint key) {
    cache.invalidate(key);
  }

  /** Forgets a key if it has that value. */
  void remove(Fingerprint key, V value) {
    cache.asMap().remove(key, value);
  }

  /** Forgets every key. */
  void clear() {
    cache.invalidateAll();
  }

  /** How many keys are remembered, expired ones that nobody has asked for among them. */
  long count() {
    return cache.estimatedSize();
  }

  CacheStats stats() {
    return cache.stats();
  }

  private void forgetOldest() {
    long excess = cache.estimatedSize() - size;
    if (excess > slack) {
      cache.invalidateAll(byAge.oldest((int) excess).keySet());
    }
  }
}
