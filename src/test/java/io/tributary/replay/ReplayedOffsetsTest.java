package io.tributary.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a group's offsets say about dead letters. */
class ReplayedOffsetsTest {
  private static final long END = 1_000_000;

  @Test
  void whatIsBeyondAGap_isInTheMetadata() throws Exception {
    // Given
    ReplayedOffsets offsets = offsets(0, null);
    List.of(0L, 1L, 3L, 7L).forEach(offsets::add);

    // When
    OffsetAndMetadata committed = offsets.with(8);

    // Then
    assertEquals(2, committed.offset());
    assertEquals(List.of(0L, 1L, 3L, 7L, 8L), done(offsets(0, committed)));

    // When the topic has lost its first ones, and the gap is filled
    ReplayedOffsets later = offsets(3, committed);
    LongStream.rangeClosed(4, 6).forEach(later::add);

    // Then
    assertEquals(new OffsetAndMetadata(10, empty()), later.with(9));
  }

  @Test
  void offsetOfAnOperator_isTaken_andOneOfAnotherTopicIsNot() throws Exception {
    assertEquals(List.of(0L, 1L), done(offsets(0, new OffsetAndMetadata(2))));
    assertFalse(offsets(5, new OffsetAndMetadata(2)).contains(5));
    assertEquals(List.of(), done(offsets(0, new OffsetAndMetadata(END + 1))));
  }

  @Test
  void moreThanABrokerTakes_isRefusedBefore() throws Exception {
    // Given one that stays at first, and a great many after it: that is little
    ReplayedOffsets offsets = offsets(0, null);
    LongStream.range(1, 900_000).forEach(offsets::add);
    assertTrue(offsets.with(900_000).metadata().length() < 4_096);

    // When they are in no order
    ReplayedOffsets mixed = offsets(0, null);
    Random random = new Random(4711);
    LongStream.range(1, 50_000).filter(offset -> random.nextBoolean()).forEach(mixed::add);

    // Then
    String why =
        String.valueOf(
            assertThrows(IllegalStateException.class, () -> mixed.with(50_000)).getMessage());
    assertTrue(why.contains("left out from 0 on"), why);
    assertTrue(why.endsWith("--reset-offsets --to-offset 50000"), why);
  }

  private static String empty() throws IOException {
    return offsets(0, null).with(0).metadata();
  }

  private static List<Long> done(ReplayedOffsets offsets) {
    return LongStream.range(0, 20).filter(offsets::contains).boxed().toList();
  }

  private static ReplayedOffsets offsets(long begin, @Nullable OffsetAndMetadata committed)
      throws IOException {
    return new ReplayedOffsets(begin, END, committed);
  }
}
