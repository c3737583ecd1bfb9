package io.tributary.intake;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What a commit says about itself, in its metadata: which store made it, and of which topic its
 * offset is. Other tools write none, or something else.
 *
 * @param store the identity of the store
 * @param topicId the id of the topic; zero when the brokers gave none
 */
record CommitMark(String store, Uuid topicId) {
  private static final String SEPARATOR = "/";

  /** The mark of a commit; null when it has none. */
  static @Nullable CommitMark of(OffsetAndMetadata committed) {
    String[] parts = committed.metadata().split(SEPARATOR, -1);
    try {
      return parts.length == 2 ? new CommitMark(parts[0], Uuid.fromString(parts[1])) : null;
    } catch (IllegalArgumentException notOurs) {
      return null;
    }
  }

  /** What is committed for an offset. */
  OffsetAndMetadata at(long offset) {
    return new OffsetAndMetadata(offset, store + SEPARATOR + topicId);
  }
}
