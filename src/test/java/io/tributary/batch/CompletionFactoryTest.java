package io.tributary.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CompletionFactoryTest {
  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00.987Z");
  private final CompletionFactory completions = new CompletionFactory(clock, "tributary", "1.0.0");

  @Test
  void completion_hasTheContractsForm() {
    // When
    Batch.Completion completion = completions.apply(CompletionReason.WINDOW);

    // Then
    assertTrue(
        completion.eventId().matches("EVT-20240208103000-[0-9a-z]{6}"), completion.eventId());
    assertEquals("2024-02-08T10:30:00Z", completion.timestamp());
    assertEquals("tributary", completion.source());
    assertEquals("1.0.0", completion.version());
  }

  @Test
  void completion_hasTheTimeOfItsMaking() {
    // Given
    clock.advance(Duration.ofHours(14));

    // When
    Batch.Completion completion = completions.apply(CompletionReason.WINDOW);

    // Then
    assertTrue(completion.eventId().startsWith("EVT-20240209003000-"), completion.eventId());
    assertEquals("2024-02-09T00:30:00Z", completion.timestamp());
  }

  @Test
  void eventIdsOfOneSecond_areAllDifferent() {
    // Given
    Set<String> ids = new HashSet<>();

    // When
    for (int i = 0; i < 200_000; i++) {
      ids.add(completions.apply(CompletionReason.WINDOW).eventId());
    }

    // Then
    assertEquals(200_000, ids.size());
    assertTrue(ids.stream().allMatch(id -> id.matches("EVT-\\d{14}-[0-9a-z]{6}")));
  }

  @Test
  void eventIdsOfSeveralThreads_areAllDifferent() throws Exception {
    // Given
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<List<String>>> all = new ArrayList<>();

    // When
    for (int thread = 0; thread < 4; thread++) {
      all.add(
          threads.submit(
              () ->
                  Stream.generate(() -> completions.apply(CompletionReason.WINDOW))
                      .limit(5_000)
                      .map(c -> c.eventId())
                      .toList()));
    }

    // Then
    Set<String> ids = new HashSet<>();
    for (Future<List<String>> some : all) {
      ids.addAll(some.get());
    }
    threads.shutdown();
    assertEquals(20_000, ids.size());
  }

  @Test
  void eventIdsOfSeveralProcesses_beginApart() {
    // Given
    Set<String> ids = new HashSet<>();

    // When
    for (int i = 0; i < 100; i++) {
      ids.add(
          new CompletionFactory(clock, "tributary", "1.0.0")
              .apply(CompletionReason.WINDOW)
              .eventId());
    }

    // Then
    assertTrue(ids.size() >= 99, "different: " + ids.size());
  }
}
