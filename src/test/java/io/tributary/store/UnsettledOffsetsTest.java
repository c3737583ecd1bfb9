package io.tributary.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a partition must not be committed yet. */
class UnsettledOffsetsTest {
  private static final TopicPartition A = new TopicPartition("customers", 0);
  private static final TopicPartition B = new TopicPartition("customers", 1);

  private final UnsettledOffsets offsets = UnsettledOffsets.none();

  @Test
  void partitionWithoutABatch_hasNone() {
    // Given
    offsets.added(1, A, 10, 19);

    // When
    OptionalLong lowest = offsets.lowest(B);

    // Then
    assertEquals(OptionalLong.empty(), lowest);
  }

  @Test
  void lowest_isThatOfAllBatchesThatAreNotSettled() {
    // Given batches whose offsets do not follow their order
    offsets.added(1, A, 30, 39);
    offsets.added(2, A, 10, 19);
    offsets.added(2, A, 20, 29);
    offsets.added(3, A, 40, 49);

    // When, and then
    assertEquals(OptionalLong.of(10), offsets.lowest(A));
    offsets.settled(2);
    assertEquals(OptionalLong.of(30), offsets.lowest(A));
    offsets.settled(1);
    assertEquals(OptionalLong.of(40), offsets.lowest(A));
    offsets.settled(3);
    assertEquals(OptionalLong.empty(), offsets.lowest(A));
  }

  @Test
  void settledBatch_isSettledInEachPartition() {
    // Given
    offsets.added(1, A, 10, 19);
    offsets.added(1, B, 5, 5);

    // When
    offsets.settled(1);

    // Then
    assertEquals(OptionalLong.empty(), offsets.lowest(A));
    assertEquals(OptionalLong.empty(), offsets.lowest(B));
  }

  /** A batch can hold what another process has read meanwhile, and what comes after it. */
  @ParameterizedTest
  @CsvSource({"10, 10", "15, 15", "19, 19", "20, 20", "25, 25", "30, -1"})
  void releasedOffsets_holdNothingBack(long below, long expected) {
    // Given
    offsets.added(1, A, 10, 19);
    offsets.added(2, A, 20, 29);
    offsets.added(1, B, 1, 1);

    // When
    offsets.release(A, below);

    // Then
    assertEquals(expected, offsets.lowest(A).orElse(-1));
    assertEquals(OptionalLong.of(1), offsets.lowest(B));
  }

  @Test
  void partitionThatComesBack_isHeldByWhatIsReadAnew() {
    // Given
    offsets.added(1, A, 10, 19);
    offsets.release(A, Long.MAX_VALUE);

    // When
    offsets.added(1, A, 50, 59);

    // Then
    assertEquals(OptionalLong.of(50), offsets.lowest(A));
  }
}
