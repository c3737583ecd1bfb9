package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitMarkTest {
  @Test
  void mark_isReadBackFromWhatIsCommitted() {
    // Given
    CommitMark mark = new CommitMark("0123456789abcdef", new Uuid(123, -456));

    // When
    OffsetAndMetadata committed = mark.at(9_000_000_000L);

    // Then
    assertEquals(9_000_000_000L, committed.offset());
    assertEquals(mark, CommitMark.of(committed));
  }

  @Test
  void zeroId_isReadBack() {
    // Given
    CommitMark mark = new CommitMark("0123456789abcdef", Uuid.ZERO_UUID);

    // When
    CommitMark read = CommitMark.of(mark.at(1));

    // Then
    assertEquals(mark, read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "by hand", "/", "a/", "a/b/c", "a/not an id", "a/AAAAAAAAAAAAAAAA*AAAAA"})
  void metadataOfOthers_isNoMark(String metadata) {
    // When
    CommitMark mark = CommitMark.of(new OffsetAndMetadata(1, metadata));

    // Then
    assertNull(mark);
  }
}
