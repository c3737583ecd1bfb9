package io.tributary.event;

import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be used.
 *
 * @param source the record, whose value is kept byte for byte
 * @param reason why
 * @param detail where in the value, never a part of it; empty when there is nothing to add
 * @param schemaId the schema of a registry that the value names; null without one
 */
public record DeadLetter(SourceRecord source, Reason reason, String detail, @Nullable Long schemaId)
    implements Decoded {

  /** One whose value names no schema. */
  public DeadLetter(SourceRecord source, Reason reason, String detail) {
    this(source, reason, detail, null);
  }
}
