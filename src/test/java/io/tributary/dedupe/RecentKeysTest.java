package io.tributary.dedupe;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Hash128;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 1_000, 10_000})
  void trim_leavesTheLastKeys(int size) {
    // Given
    RecentKeys keys = new RecentKeys(size, HOUR);
    int written = 3 * size + 100;
    for (int i = 0; i < written; i++) {
      keys.addIfNew(key(i));
    }

    // When
    keys.trim();

    // Then
    assertEquals(size, keys.count());
    for (int i = 0; i < written; i++) {
      assertEquals(i >= written - size, isKnown(keys, key(i)), "key " + i);
    }
  }

  /** What is asked for most would stay longest in a cache that is made for hits. */
  @Test
  void keysThatAreAskedFor_goAsTheOthers() {
    // Given
    RecentKeys keys = new RecentKeys(100, HOUR);
    keys.addIfNew(key(0));

    // When
    for (int i = 1; i <= 200; i++) {
      keys.addIfNew(key(i));
      if (i < 100) {
        assertTrue(isKnown(keys, key(0)));
      }
      keys.trim();
    }

    // Then
    assertFalse(isKnown(keys, key(0)));
    assertTrue(isKnown(keys, key(101)));
  }

  @Test
  void keyThatWasRemoved_isNewAndBecomesTheNewest() {
    // Given
    RecentKeys keys = new RecentKeys(100, HOUR);
    for (int i = 0; i < 100; i++) {
      keys.addIfNew(key(i));
    }

    // When
    keys.remove(key(0));
    boolean isNew = keys.addIfNew(key(0));

    // Then
    assertTrue(isNew);
    for (int i = 100; i < 199; i++) {
      keys.addIfNew(key(i));
    }
    keys.trim();
    assertFalse(keys.addIfNew(key(0)), "the 100 keys written last are remembered");
  }

  @Test
  void key_isForgottenWhenItsTimeIsOver() {
    // Given
    RecentKeys keys = new RecentKeys(10, Duration.ofMillis(500));

    // When
    keys.addIfNew(key(1));

    // Then
    await().pollInterval(Duration.ofMillis(50)).until(() -> keys.addIfNew(key(1)));
  }

  /** Those whose time is over do not count. */
  @Test
  void trim_leavesAsManyLiveKeysAsItsSize() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);
    for (int i = 0; i < 100; i++) {
      keys.restore(key(i), HOUR.minusMillis(100));
    }
    for (int i = 100; i < 110; i++) {
      keys.addIfNew(key(i));
    }
    await().pollInterval(Duration.ofMillis(20)).until(() -> !isKnown(keys, key(99)));
    keys.remove(key(99));

    // When
    keys.trim();

    // Then
    for (int i = 100; i < 110; i++) {
      assertTrue(isKnown(keys, key(i)), "key " + i);
    }
  }

  @Test
  void restoredKey_livesForWhatIsLeftOfItsTime() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);

    // When
    keys.restore(key(1), HOUR.plusMillis(1));
    keys.restore(key(2), HOUR.minusMillis(300));
    keys.restore(key(3), HOUR.dividedBy(2));
    keys.restore(key(4), Duration.ofSeconds(-5));

    // Then
    assertFalse(isKnown(keys, key(1)));
    await().pollInterval(Duration.ofMillis(20)).until(() -> !isKnown(keys, key(2)));
    assertTrue(isKnown(keys, key(3)));
    assertTrue(isKnown(keys, key(4)));
  }

  @Test
  void restoredKeys_goBeforeNewOnes() {
    // Given
    RecentKeys keys = new RecentKeys(50, HOUR);
    for (int i = 0; i < 100; i++) {
      keys.restore(key(i), Duration.ofSeconds(200 - i));
    }
    for (int i = 100; i < 120; i++) {
      keys.addIfNew(key(i));
    }

    // When
    keys.trim();

    // Then
    assertFalse(isKnown(keys, key(69)));
    assertTrue(isKnown(keys, key(70)));
    assertTrue(isKnown(keys, key(119)));
  }

  @Test
  void severalThreads_neverRememberLessThanTheSize() throws Exception {
    // Given
    int size = 6_400;
    RecentKeys keys = new RecentKeys(size, HOUR);
    AtomicLong next = new AtomicLong();
    while (next.get() < size) {
      keys.addIfNew(key(next.getAndIncrement()));
    }
    AtomicLong fewest = new AtomicLong(Long.MAX_VALUE);
    ExecutorService threads = Executors.newFixedThreadPool(4);

    // When
    List<Future<?>> all = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      all.add(
          threads.submit(
              () -> {
                while (next.get() < 400_000) {
                  for (int i = 0; i < 100; i++) {
                    keys.addIfNew(key(next.getAndIncrement()));
                  }
                  keys.trim();
                  fewest.accumulateAndGet(keys.count(), Math::min);
                }
              }));
    }
    for (Future<?> done : all) {
      done.get();
    }
    threads.shutdown();

    // Then
    assertTrue(fewest.get() >= size, "remembered at the least: " + fewest);
  }

  /** A key that was not is from then on. */
  private static boolean isKnown(RecentKeys keys, Hash128 key) {
    return !keys.addIfNew(key);
  }

  private static Hash128 key(long number) {
    return new Hash128(number * 0x9E3779B97F4A7C15L, number);
  }
}
