package io.tributary.intake;

import io.tributary.poll.Position;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer starts to read a partition.
 *
 * @param offset of the first record; {@link #EARLIEST} for the first one that there is
 * @param settled what the store has below this offset holds back no commit
 */
record Start(long offset, long settled) {
  static final long EARLIEST = -1;

  /** The group's offset is ahead of the store although its records are nowhere else. */
  static final class StoreBehindException extends Exception {
    private static final long serialVersionUID = 1L;

    StoreBehindException(long committed, @Nullable Position position) {
      super(
          "the group has committed the offset %d, but the store has read up to %s only"
              .formatted(committed, position == null ? "nothing" : position.next()));
    }
  }

  /**
   * Decides.
   *
   * @param committed by the group; null when it has no offset
   * @param position how far the store has read; null when it knows nothing of the partition
   * @param now the mark that a commit would have now
   * @param commitsStored whether offsets are committed as soon as their records are stored
   * @throws StoreBehindException when records can be lost by starting at all
   */
  static Start of(
      @Nullable OffsetAndMetadata committed,
      @Nullable Position position,
      CommitMark now,
      boolean commitsStored)
      throws StoreBehindException {
    long read =
        position != null && isSame(position.topicId(), now.topicId()) ? position.next() : EARLIEST;
    if (committed == null) {
      return unread(read);
    }
    CommitMark mark = CommitMark.of(committed);
    if (mark != null && !isSame(mark.topicId(), now.topicId())) {
      return unread(read);
    }
    if (mark == null || !mark.store().equals(now.store())) {
      // A reset, or another instance that has read on.
      return new Start(committed.offset(), Long.MAX_VALUE);
    }
    if (commitsStored && read < committed.offset()) {
      throw new StoreBehindException(committed.offset(), position);
    }
    return new Start(Math.max(read, committed.offset()), committed.offset());
  }

  /** The group's offsets have expired, or are those of a topic that is gone. */
  private static Start unread(long read) {
    return new Start(read, read == EARLIEST ? Long.MAX_VALUE : 0);
  }

  /** Brokers that give no ids give zeros: then the name counts. */
  private static boolean isSame(Uuid one, Uuid other) {
    return one.equals(other) || one.equals(Uuid.ZERO_UUID) || other.equals(Uuid.ZERO_UUID);
  }
}
