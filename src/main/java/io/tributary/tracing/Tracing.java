package io.tributary.tracing;

import io.tributary.batch.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Tells a tracing system about each batch: one span, from the batch's completion until it is
 * settled.
 */
public interface Tracing extends AutoCloseable {
  /**
   * The value of the header {@code traceparent} for an attempt, with the span of the batch, which
   * begins with the first attempt; null when nothing is traced, or what is sent is no batch.
   */
  @Nullable String traceparent(@Nullable Batch batch);

  /**
   * Notes an attempt.
   *
   * @param status what the API answered; {@code none} when it did not
   */
  void attempted(Batch batch, String status);

  /**
   * The batch needs no more attempts.
   *
   * @param taken whether the API has taken it; otherwise it is a dead letter
   */
  void settled(Batch batch, boolean taken);

  @Override
  void close();
}
