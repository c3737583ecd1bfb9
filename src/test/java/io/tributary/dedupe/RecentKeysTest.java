package io.tributary.dedupe;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.intake.Fingerprint;
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
  void lastKeys_areAlwaysRemembered(int size) {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(size, HOUR);

    for (int i = 0; i < 3 * size + 100; i++) {
      // When
      keys.addIfNew(key(i), i);

      // Then
      int oldest = Math.max(0, i - size + 1);
      assertEquals(oldest, keys.get(key(oldest)));
      assertTrue(keys.count() <= size + size / 64, "" + keys.count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 6_400})
  void oldestKeys_goFirst(int size) {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(size, HOUR);
    int written = 3 * size;

    // When
    for (int i = 0; i < written; i++) {
      keys.put(key(i), i);
    }

    // Then
    int remembered = (int) keys.count();
    for (int i = 0; i < written; i++) {
      assertEquals(i < written - remembered ? null : (Integer) i, keys.get(key(i)), "key " + i);
    }
  }

  /** What is asked for most would stay longest in a cache that is made for hits. */
  @Test
  void keysThatAreAskedFor_goAsTheOthers() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(100, HOUR);
    keys.put(key(0), 0);

    // When
    for (int i = 1; i <= 200; i++) {
      keys.put(key(i), i);
      keys.get(key(0));
    }

    // Then
    assertNull(keys.get(key(0)));
    assertEquals(101, keys.get(key(101)));
  }

  @Test
  void keyThatIsWrittenAgain_becomesTheNewest() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(100, HOUR);
    for (int i = 0; i < 100; i++) {
      keys.put(key(i), i);
    }

    // When
    keys.put(key(0), 1_000);

    // Then
    for (int i = 100; i < 199; i++) {
      keys.put(key(i), i);
    }
    assertEquals(1_000, keys.get(key(0)), "the 100 keys written last are remembered");
  }

  @Test
  void addIfNew_tellsWhetherItWas() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, HOUR);
    keys.addIfNew(key(1), 1);

    // When
    boolean again = keys.addIfNew(key(1), 2);

    // Then
    assertFalse(again);
    assertEquals(1, keys.get(key(1)));
  }

  @Test
  void remove_withAnotherValue_removesNothing() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, HOUR);
    keys.put(key(1), 1);

    // When
    keys.remove(key(1), 2);

    // Then
    assertEquals(1, keys.get(key(1)));
  }

  @Test
  void removedKey_isNew() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, HOUR);
    keys.put(key(1), 1);
    keys.put(key(2), 2);

    // When
    keys.remove(key(1));
    keys.remove(key(2), 2);

    // Then
    assertTrue(keys.addIfNew(key(1), 3));
    assertTrue(keys.addIfNew(key(2), 3));
  }

  @Test
  void clear_forgetsAll() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, HOUR);
    keys.put(key(1), 1);

    // When
    keys.clear();

    // Then
    assertEquals(0, keys.count());
    assertNull(keys.get(key(1)));
  }

  @Test
  void key_isForgottenWhenItsTimeIsOver() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, Duration.ofMillis(500));

    // When
    keys.addIfNew(key(1), 1);

    // Then
    await().pollInterval(Duration.ofMillis(50)).until(() -> keys.addIfNew(key(1), 2));
    assertEquals(2, keys.get(key(1)));
  }

  @Test
  void restoredKey_livesForWhatIsLeftOfItsTime() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(10, HOUR);

    // When
    keys.restore(key(1), 1, HOUR.plusMillis(1));
    keys.restore(key(2), 2, HOUR.minusMillis(300));
    keys.restore(key(3), 3, HOUR.dividedBy(2));
    keys.restore(key(4), 4, Duration.ofSeconds(-5));

    // Then
    assertNull(keys.get(key(1)));
    await().pollInterval(Duration.ofMillis(20)).until(() -> keys.get(key(2)) == null);
    assertEquals(3, keys.get(key(3)));
    assertEquals(4, keys.get(key(4)));
  }

  @Test
  void restoredKeys_goBeforeNewOnes() {
    // Given
    RecentKeys<Integer> keys = new RecentKeys<>(50, HOUR);

    // When
    for (int i = 0; i < 100; i++) {
      keys.restore(key(i), i, Duration.ofSeconds(200 - i));
    }
    for (int i = 100; i < 120; i++) {
      keys.put(key(i), i);
    }

    // Then
    assertNull(keys.get(key(69)));
    assertEquals(70, keys.get(key(70)));
    assertEquals(119, keys.get(key(119)));
  }

  @Test
  void severalThreads_neverRememberLessThanTheSize() throws Exception {
    // Given
    int size = 6_400;
    RecentKeys<Boolean> keys = new RecentKeys<>(size, HOUR);
    AtomicLong next = new AtomicLong();
    while (next.get() < size) {
      keys.put(key(next.getAndIncrement()), true);
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
                  keys.addIfNew(key(next.getAndIncrement()), true);
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

  private static Fingerprint key(long number) {
    return new Fingerprint(number * 0x9E3779B97F4A7C15L, number);
  }
}
