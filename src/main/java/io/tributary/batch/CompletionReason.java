package io.tributary.batch;

import java.util.Locale;

/** Why a batch was completed; {@link #label()} is the value of the metric's label. */
public enum CompletionReason {
  /** The time since its first message was over. */
  WINDOW,
  /** One more poll would have been too many messages. */
  MESSAGES,
  /** One more poll would have been too many bytes. */
  BYTES,
  /** Somebody asked for it. */
  OPERATOR;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
