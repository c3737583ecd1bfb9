package io.tributary.bench;

import java.io.Serializable;

/**
 * A message of {@link ByTheBook}, as its repository keeps it.
 *
 * @param payload the records in JSON, without the brackets
 */
public record BookEvent(String section, String messageId, String payload, int records)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
