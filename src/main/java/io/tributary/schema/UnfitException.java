package io.tributary.schema;

import io.tributary.event.Reason;
import java.io.IOException;

/**
 * A value of a registry's wire format cannot be used, which no repetition mends. The message says
 * where, and has nothing of the value.
 */
public final class UnfitException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  UnfitException(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
