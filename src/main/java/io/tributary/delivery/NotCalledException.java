package io.tributary.delivery;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The API was not called: there is no token to sign in with, or the proxy refuses. The message says
 * why, and has no secret.
 */
final class NotCalledException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether it is nothing that passes by itself. */
  final boolean lasting;

  NotCalledException(String message, boolean lasting, @Nullable Exception cause) {
    super(message, cause);
    this.lasting = lasting;
  }
}
