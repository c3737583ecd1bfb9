package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.poll.Position;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a consumer starts to read a partition. */
class StartTest {
  private static final String STORE = "0123456789abcdef";
  private static final Uuid TOPIC = new Uuid(1, 1);
  private static final Uuid MADE_ANEW = new Uuid(2, 2);
  private static final CommitMark NOW = new CommitMark(STORE, TOPIC);

  /** The store can be ahead: what it holds is not delivered. The group can: the store is older. */
  @ParameterizedTest
  @CsvSource({"70, 50, 70", "50, 50, 50", "30, 50, 50"})
  void commitOfThisStore_startsAtTheLargerOfPositionAndCommitted(
      long position, long committed, long expected) throws Exception {
    // When
    Start start = start(NOW.at(committed), new Position(TOPIC, position), false);

    // Then
    assertEquals(new Start(expected, committed), start);
  }

  @Test
  void commitOfThisStoreThatHasNoPosition_startsAtTheCommitted() throws Exception {
    // When
    Start start = start(NOW.at(50), null, false);

    // Then
    assertEquals(new Start(50, 50), start);
  }

  @ParameterizedTest
  @CsvSource({"70, 50", "50, 50"})
  void commitOfThisStoreAsStored_startsAtThePosition(long position, long committed)
      throws Exception {
    // When
    Start start = start(NOW.at(committed), new Position(TOPIC, position), true);

    // Then
    assertEquals(new Start(position, committed), start);
  }

  @Test
  void storeBehindItsOwnCommitAsStored_isRefused() {
    // When
    Start.StoreBehindException behind =
        assertThrows(
            Start.StoreBehindException.class,
            () -> start(NOW.at(50), new Position(TOPIC, 30), true));
    Start.StoreBehindException empty =
        assertThrows(Start.StoreBehindException.class, () -> start(NOW.at(50), null, true));

    // Then
    assertEquals(
        "the group has committed the offset 50, but the store has read up to 30 only",
        behind.getMessage());
    assertTrue(empty.getMessage().contains("up to nothing only"), empty.getMessage());
  }

  /** A reset forward or back, or another instance that has read on. */
  @ParameterizedTest
  @MethodSource
  void commitOfAnybodyElse_isObeyed(String metadata, long committed, boolean commitsStored)
      throws Exception {
    // When
    Start start =
        start(new OffsetAndMetadata(committed, metadata), new Position(TOPIC, 50), commitsStored);

    // Then
    assertEquals(new Start(committed, Long.MAX_VALUE), start);
  }

  static Stream<Arguments> commitOfAnybodyElse_isObeyed() {
    return Stream.of("", "by hand", "a/b", "fedcba9876543210/" + TOPIC)
        .flatMap(
            metadata ->
                Stream.of(0L, 30L, 70L)
                    .flatMap(
                        committed ->
                            Stream.of(
                                Arguments.of(metadata, committed, false),
                                Arguments.of(metadata, committed, true))));
  }

  /** Another instance has committed late for a topic that is gone. */
  @Test
  void commitOfAnybodyElseForTheTopicOfBefore_isPassedOver() throws Exception {
    // Given
    CommitMark other = new CommitMark("fedcba9876543210", new Uuid(7, 7));

    // When
    Start start = start(other.at(70), null, false);

    // Then
    assertEquals(new Start(Start.EARLIEST, Long.MAX_VALUE), start);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groupWithoutAnOffset_startsAtThePosition(boolean commitsStored) throws Exception {
    // When
    Start start = start(null, new Position(TOPIC, 50), commitsStored);

    // Then what the store has not delivered is committed when it is
    assertEquals(new Start(50, 0), start);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void groupWithoutAnOffsetAndAnotherTopic_startsAtTheEarliest(boolean commitsStored)
      throws Exception {
    // When
    Start anew = start(null, new Position(MADE_ANEW, 50), commitsStored);
    Start unknown = start(null, null, commitsStored);

    // Then
    assertEquals(new Start(Start.EARLIEST, Long.MAX_VALUE), anew);
    assertEquals(new Start(Start.EARLIEST, Long.MAX_VALUE), unknown);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void commitForATopicThatWasMadeAnew_startsAtTheEarliest(boolean commitsStored) throws Exception {
    // Given
    OffsetAndMetadata committed = new CommitMark(STORE, MADE_ANEW).at(50);

    // When
    Start start = start(committed, new Position(MADE_ANEW, 70), commitsStored);

    // Then
    assertEquals(new Start(Start.EARLIEST, Long.MAX_VALUE), start);
  }

  /** Read while it was new, and its first offset not yet committed. */
  @Test
  void commitForTheTopicOfBefore_startsAtThePositionInTheNewOne() throws Exception {
    // Given
    OffsetAndMetadata committed = new CommitMark(STORE, MADE_ANEW).at(50);

    // When
    Start start = start(committed, new Position(TOPIC, 7), false);

    // Then
    assertEquals(new Start(7, 0), start);
  }

  /** Brokers that give no ids give zeros: then the name counts. */
  @Test
  void zeroIds_areThoseOfTheSameTopic() throws Exception {
    // When
    Start wasZero = start(new CommitMark(STORE, Uuid.ZERO_UUID).at(50), zero(70), false);
    Start isZero =
        Start.of(NOW.at(50), new Position(TOPIC, 70), new CommitMark(STORE, Uuid.ZERO_UUID), false);
    Start withoutCommit = start(null, zero(70), false);

    // Then
    assertEquals(new Start(70, 50), wasZero);
    assertEquals(new Start(70, 50), isZero);
    assertEquals(new Start(70, 0), withoutCommit);
  }

  private static Position zero(long next) {
    return new Position(Uuid.ZERO_UUID, next);
  }

  private static Start start(
      @Nullable OffsetAndMetadata committed, @Nullable Position position, boolean commitsStored)
      throws Start.StoreBehindException {
    return Start.of(committed, position, NOW, commitsStored);
  }
}
