package io.tributary.dedupe;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Hash128;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    RecentKeys keys = new RecentKeys(size, HOUR);

    for (int i = 0; i < 3 * size + 100; i++) {
      // When
      keys.addIfNew(key(i), key(i));

      // Then
      int oldest = Math.max(0, i - size + 1);
      assertTrue(keys.holds(key(oldest), key(oldest)));
      assertTrue(keys.count() <= size + size / 64, "" + keys.count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 6_400})
  void oldestKeys_goFirst(int size) {
    // Given
    RecentKeys keys = new RecentKeys(size, HOUR);
    int written = 3 * size;

    // When
    for (int i = 0; i < written; i++) {
      keys.put(key(i), key(i));
    }

    // Then
    int remembered = (int) keys.count();
    for (int i = 0; i < written; i++) {
      assertEquals(i >= written - remembered, keys.holds(key(i), key(i)), "key " + i);
    }
  }

  /** What is asked for most would stay longest in a cache that is made for hits. */
  @Test
  void keysThatAreAskedFor_goAsTheOthers() {
    // Given
    RecentKeys keys = new RecentKeys(100, HOUR);
    keys.put(key(0), key(0));

    // When
    for (int i = 1; i <= 200; i++) {
      keys.put(key(i), key(i));
      keys.contains(key(0));
    }

    // Then
    assertFalse(keys.contains(key(0)));
    assertTrue(keys.holds(key(101), key(101)));
  }

  @Test
  void keyThatIsWrittenAgain_becomesTheNewest() {
    // Given
    RecentKeys keys = new RecentKeys(100, HOUR);
    for (int i = 0; i < 100; i++) {
      keys.put(key(i), key(i));
    }

    // When
    keys.put(key(0), key(1_000));

    // Then
    for (int i = 100; i < 199; i++) {
      keys.put(key(i), key(i));
    }
    assertTrue(keys.holds(key(0), key(1_000)), "the 100 keys written last are remembered");
  }

  @Test
  void addIfNew_tellsWhetherItWas() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);
    keys.addIfNew(key(1), key(1));

    // When
    boolean again = keys.addIfNew(key(1), key(2));

    // Then
    assertFalse(again);
    assertTrue(keys.holds(key(1), key(1)));
  }

  @Test
  void remove_withAnotherValue_removesNothing() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);
    keys.put(key(1), key(1));

    // When
    keys.remove(key(1), key(2));

    // Then
    assertTrue(keys.holds(key(1), key(1)));
  }

  @Test
  void removedKey_isNew() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);
    keys.put(key(1), key(1));
    keys.put(key(2), key(2));

    // When
    keys.remove(key(1));
    keys.remove(key(2), key(2));

    // Then
    assertTrue(keys.addIfNew(key(1), key(3)));
    assertTrue(keys.addIfNew(key(2), key(3)));
  }

  @Test
  void clear_forgetsAll() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);
    keys.put(key(1), key(1));

    // When
    keys.clear();

    // Then
    assertEquals(0, keys.count());
    assertFalse(keys.contains(key(1)));
  }

  @Test
  void key_isForgottenWhenItsTimeIsOver() {
    // Given
    RecentKeys keys = new RecentKeys(10, Duration.ofMillis(500));

    // When
    keys.addIfNew(key(1), key(1));

    // Then
    await().pollInterval(Duration.ofMillis(50)).until(() -> keys.addIfNew(key(1), key(2)));
    assertTrue(keys.holds(key(1), key(2)));
  }

  @Test
  void restoredKey_livesForWhatIsLeftOfItsTime() {
    // Given
    RecentKeys keys = new RecentKeys(10, HOUR);

    // When
    keys.restore(key(1), key(1), HOUR.plusMillis(1));
    keys.restore(key(2), key(2), HOUR.minusMillis(300));
    keys.restore(key(3), key(3), HOUR.dividedBy(2));
    keys.restore(key(4), key(4), Duration.ofSeconds(-5));

    // Then
    assertFalse(keys.contains(key(1)));
    await().pollInterval(Duration.ofMillis(20)).until(() -> !keys.contains(key(2)));
    assertTrue(keys.holds(key(3), key(3)));
    assertTrue(keys.holds(key(4), key(4)));
  }

  @Test
  void restoredKeys_goBeforeNewOnes() {
    // Given
    RecentKeys keys = new RecentKeys(50, HOUR);

    // When
    for (int i = 0; i < 100; i++) {
      keys.restore(key(i), key(i), Duration.ofSeconds(200 - i));
    }
    for (int i = 100; i < 120; i++) {
      keys.put(key(i), key(i));
    }

    // Then
    assertFalse(keys.contains(key(69)));
    assertTrue(keys.holds(key(70), key(70)));
    assertTrue(keys.holds(key(119), key(119)));
  }

  @Test
  void severalThreads_neverRememberLessThanTheSize() throws Exception {
    // Given
    int size = 6_400;
    RecentKeys keys = new RecentKeys(size, HOUR);
    AtomicLong next = new AtomicLong();
    while (next.get() < size) {
      keys.put(key(next.getAndIncrement()), key(0));
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
                  keys.addIfNew(key(next.getAndIncrement()), key(0));
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

  /** Few different keys, so that they collide, come again, and leave gaps between them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyOperations_doWhatAPlainMapDoes(long seed) {
    // Given
    int size = 700;
    RecentKeys keys = new RecentKeys(size, HOUR);
    Map<Hash128, Hash128> model = new LinkedHashMap<>();
    Random random = new Random(seed);

    for (int i = 0; i < 100_000; i++) {
      // When
      Hash128 key = new Hash128(random.nextInt(4), random.nextInt(500) << 3);
      Hash128 value = key(random.nextInt(2));
      switch (random.nextInt(4)) {
        case 0 -> {
          keys.remove(key);
          model.remove(key);
        }
        case 1 -> {
          keys.remove(key, value);
          model.remove(key, value);
        }
        default -> {
          keys.put(key, value);
          model.remove(key);
          model.put(key, value);
          if (model.size() > size) {
            model.remove(model.keySet().iterator().next());
          }
        }
      }

      // Then
      assertEquals(model.size(), keys.count());
      Hash128 asked = new Hash128(random.nextInt(4), random.nextInt(500) << 3);
      assertEquals(model.containsKey(asked), keys.contains(asked));
      assertEquals(key(0).equals(model.get(asked)), keys.holds(asked, key(0)));
    }
    model.forEach((key, value) -> assertTrue(keys.holds(key, value)));
  }

  private static Hash128 key(long number) {
    return new Hash128(number * 0x9E3779B97F4A7C15L, number);
  }
}
