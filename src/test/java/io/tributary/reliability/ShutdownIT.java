package io.tributary.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM in each state that the packaged jar can be in. Every start goes on in the state folder of
 * the stop before, and first delivers what that one left.
 */
@Tag("reliability")
class ShutdownIT {
  private static final int ROUNDS = Integer.getInteger("shutdown.rounds", 10);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

  @TempDir Path folder;

  /** What the stops in one state came to. */
  private static final class Row {
    private final StopState state;
    private final List<Integer> statuses = new ArrayList<>();
    private Duration slowest = Duration.ZERO;

    Row(StopState state) {
      this.state = state;
    }

    void add(int status, Duration took) {
      statuses.add(status);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }

    boolean isInOrder() {
      return slowest.compareTo(LONGEST_STOP) < 0 && statuses.stream().allMatch(s -> s == 0);
    }

    @Override
    public String toString() {
      return "%-18s %6d %8.1f  %s"
          .formatted(state, statuses.size(), slowest.toMillis() / 1000.0, statuses);
    }
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void terminate_inEachStateEndsInOrder() throws Exception {
    assertStopsInOrder(
        EnumSet.of(
            StopState.START_UP,
            StopState.HANGING_API,
            StopState.RETRY_DELAY,
            StopState.BROKER_AWAY,
            StopState.STUCK_REBALANCE),
        1);
  }

  @Tag("long")
  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void terminate_atRandomMomentsEndsInOrder() throws Exception {
    assertStopsInOrder(EnumSet.allOf(StopState.class), ROUNDS);
  }

  private void assertStopsInOrder(Set<StopState> states, int rounds) throws Exception {
    Random random = new Random(20240208);
    List<Row> rows = new ArrayList<>();
    try (StopSite site = new StopSite(folder)) {
      for (StopState state : states) {
        Row row = new Row(state);
        rows.add(row);
        for (int round = 0; round < rounds; round++) {
          // Given
          site.start(state);
          state.reach(site, random);

          // When
          long begin = System.nanoTime();
          int status = site.terminate();
          row.add(status, Duration.ofNanos(System.nanoTime() - begin));
          assertFalse(site.output().contains("Failed delivery for"), site.output());
          site.recover();
        }
      }

      // Then the last start delivers the rest
      site.start(StopState.IDLE);
      site.awaitInService();
      assertEquals(0, site.terminate());
      List<String> lost = site.lost();
      List<String> doubled = site.doubled();
      if (rounds > 1) {
        System.out.println("state              rounds  slowest  exit statuses");
        rows.forEach(System.out::println);
        System.out.printf(
            "%d sent, %d lost, %d doubled%n", site.sent(), lost.size(), doubled.size());
      }
      assertTrue(rows.stream().allMatch(Row::isInOrder), rows.toString());
      assertEquals(List.of(), lost);
      assertEquals(List.of(), doubled);
    }
  }
}
