package io.tributary.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be read or written. The message names it and what is wrong with it. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean damage;

  private StoreException(String message, @Nullable Throwable cause, boolean damage) {
    super(message, cause);
    this.damage = damage;
  }

  /** What cannot be done at present, or with these settings. */
  public StoreException(String message) {
    this(message, null, false);
  }

  StoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /** What was written is not there any more. */
  static StoreException damaged(String message, @Nullable Throwable cause) {
    return new StoreException(message, cause, true);
  }

  /** Whether what was written is not there any more: nothing but a new store mends that. */
  public boolean isDamage() {
    return damage;
  }
}
