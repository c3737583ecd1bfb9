package io.tributary.store;

import io.tributary.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that came into the store and those that left it, counted where they pass, so that
 * the batches can be compared with them. Its own lock, held for no longer than it takes to move a
 * batch, keeps both in step; guarded by it.
 */
final class MessageBalance {
  private long stored;
  private long settled;

  private MessageBalance() {}

  /** No message came, and none left. */
  static MessageBalance even() {
    return new MessageBalance();
  }

  /** Messages have come, or were found at the start. */
  void stored(int messages) {
    stored += messages;
  }

  /** Messages need no more attempts. */
  void settled(int messages) {
    settled += messages;
  }

  /** The messages that are in none of the batches; negative when some are there twice. */
  long missing(@Nullable Batch open, List<Batch> unsettled) {
    return stored - settled - messages(open, unsettled);
  }

  static int messages(@Nullable Batch open, List<Batch> others) {
    return (open == null ? 0 : open.messages())
        + others.stream().mapToInt(Batch::unsettledMessages).sum();
  }
}
