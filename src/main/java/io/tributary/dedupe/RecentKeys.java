package io.tributary.dedupe;

import io.tributary.intake.Fingerprint;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys written last, each with a value: as many as its size, each for its time to live; the
 * oldest go first. Safe for several threads.
 *
 * <p>No cache library does this: those that limit a size keep the keys that are asked for most, and
 * of a stream of keys that come once each they keep the wrong end.
 */
final class RecentKeys<V> {
  private final Map<Fingerprint, Written<V>> keys = new LinkedHashMap<>();
  private final int size;
  private final long liveNanos;

  /** A value, and when it was written. */
  private record Written<V>(V value, long nanoTime) {}

  RecentKeys(int size, Duration timeToLive) {
    this.size = size;
    this.liveNanos = timeToLive.toNanos();
  }

  /** The value of a key; null when the key is not remembered. */
  synchronized @Nullable V get(Fingerprint key) {
    Written<V> written = keys.get(key);
    return written == null || isOver(written, System.nanoTime()) ? null : written.value();
  }

  /** Remembers a key unless it is remembered already; tells whether it was new. */
  synchronized boolean addIfNew(Fingerprint key, V value) {
    if (get(key) != null) {
      return false;
    }
    put(key, value);
    return true;
  }

  /** Remembers a key, as the newest one. */
  synchronized void put(Fingerprint key, V value) {
    write(key, value, System.nanoTime());
  }

  /**
   * Remembers a key that was written a while ago. Oldest first, before the first other call.
   *
   * @param age time since it was written
   */
  synchronized void restore(Fingerprint key, V value, Duration age) {
    write(key, value, System.nanoTime() - age.toNanos());
  }

  /** Forgets a key. */
  synchronized void remove(Fingerprint key) {
    keys.remove(key);
  }

  /** Forgets a key if it has that value. */
  synchronized void remove(Fingerprint key, V value) {
    Written<V> written = keys.get(key);
    if (written != null && written.value().equals(value)) {
      keys.remove(key);
    }
  }

  /** Forgets every key. */
  synchronized void clear() {
    keys.clear();
  }

  /** How many keys are remembered, expired ones that nobody has asked for among them. */
  synchronized long count() {
    return keys.size();
  }

  private void write(Fingerprint key, V value, long nanoTime) {
    keys.remove(key);
    keys.put(key, new Written<>(value, nanoTime));
    forgetOldest(nanoTime);
  }

  private void forgetOldest(long now) {
    Iterator<Written<V>> oldest = keys.values().iterator();
    while (oldest.hasNext() && (isOver(oldest.next(), now) || keys.size() > size)) {
      oldest.remove();
    }
  }

  private boolean isOver(Written<V> written, long now) {
    return now - written.nanoTime() >= liveNanos;
  }
}
