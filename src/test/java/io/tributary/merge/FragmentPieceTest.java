package io.tributary.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.intake.Event;
import io.tributary.support.Events;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FragmentPieceTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");

  private final Events events = Events.customers();
  private final Fragment fragment = new Fragment(CUSTOMERS);

  @Test
  void smallFragment_isOnePiece() {
    // Given
    fragment.merge(events.at(3, 17, "a", "1,2"));
    fragment.merge(events.at(3, 18, "b", ""));

    // When
    List<StoredFragment> stored = stored(fragment);

    // Then
    assertEquals(1, stored.size());
    assertEquals("customers", stored.get(0).section());
    List<MessageTable.Row> rows = stored.get(0).rows();
    assertEquals(List.of(2, 0), rows.stream().map(MessageTable.Row::records).toList());
    assertEquals(new MessageSource("customer_data", 3, 17, 0), rows.get(0).source());
  }

  @Test
  void fragmentWithoutMessages_hasNoPiece() {
    // Given
    fragment.remember(events.event("a", "1"));

    // When
    List<StoredFragment> stored = stored(fragment);

    // Then
    assertEquals(List.of(), stored);
  }

  /** Each record has 1,002 bytes and a comma after it, so 261 of them fit. */
  @Test
  void largeFragment_isCutBetweenMessages() {
    // Given
    for (int i = 0; i < 600; i++) {
      fragment.merge(events.event("m" + i, "\"" + "x".repeat(1_000) + "\""));
    }

    // When
    List<StoredFragment> stored = stored(fragment);

    // Then
    assertEquals(List.of(261, 261, 78), stored.stream().map(s -> s.rows().size()).toList());
    long bytes = stored.stream().mapToLong(s -> s.payload().remaining() + 1).sum();
    assertEquals(fragment.payloadBytes(), bytes);
    assertTrue(stored.stream().allMatch(s -> s.payload().remaining() < FragmentPiece.LARGEST));
  }

  @Test
  void messageLargerThanAPiece_isAPieceOfItsOwn() {
    // Given
    Event large = events.event("large", "\"" + "x".repeat(2 * FragmentPiece.LARGEST) + "\"");
    fragment.merge(events.event("small", "1"));
    fragment.merge(large);
    fragment.merge(events.event("next", "2"));

    // When
    List<StoredFragment> stored = stored(fragment);

    // Then
    assertEquals(3, stored.size());
    assertEquals(large.payloadLength(), stored.get(1).payload().remaining());
  }

  /** The fragment as it is read back from what is written. */
  static List<StoredFragment> stored(Fragment fragment) {
    return FragmentPiece.of(fragment).stream().map(FragmentPieceTest::written).toList();
  }

  private static StoredFragment written(FragmentPiece piece) {
    ByteBuffer target = ByteBuffer.allocate(piece.size());
    piece.writeTo(target);
    assertEquals(0, target.remaining(), "as long as it says");
    return StoredFragment.decode(target.flip());
  }
}
