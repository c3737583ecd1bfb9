package io.tributary.delivery;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no token to sign in with at the API. The message says why, and has no secret. */
final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether it is nothing that passes by itself. */
  final boolean lasting;

  TokenException(String message, boolean lasting, @Nullable Exception cause) {
    super(message, cause);
    this.lasting = lasting;
  }
}
