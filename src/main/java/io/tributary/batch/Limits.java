package io.tributary.batch;

/**
 * What fits into one batch.
 *
 * @param maxMessages messages at the most
 * @param maxPayloadBytes bytes of payload at the most, the separators among them
 */
public record Limits(int maxMessages, long maxPayloadBytes) {

  /** Whether that much fits into one batch. */
  public boolean allow(int messages, long payloadBytes) {
    return messages <= maxMessages && payloadBytes <= maxPayloadBytes;
  }
}
