package io.tributary.delivery;

import io.tributary.batch.Batch;
import io.tributary.merge.BatchLimits;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.tracing.Tracing;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Halves a batch that the API has refused, so that the message it was refused for is found, and the
 * others are delivered. Used by the delivery thread.
 */
public final class BatchHalving {
  private static final Logger LOG = LoggerFactory.getLogger(BatchHalving.class);
  private static final int TOO_LARGE = 413;

  private final Store store;
  private final BatchLimits limits;
  private final Tracing tracing;
  private final boolean wanted;

  /**
   * @param wanted whether batches are halved at all
   */
  public BatchHalving(Store store, BatchLimits limits, Tracing tracing, boolean wanted) {
    this.store = store;
    this.limits = limits;
    this.tracing = tracing;
    this.wanted = wanted;
  }

  /** Whether the refusal says that the halves may fare better. */
  public boolean isOfUse(
      @Variable("batch") Batch batch, @ExchangeException HttpOperationFailedException refusal) {
    return wanted && Verdict.isAboutContent(refusal.getStatusCode()) && batch.messages() > 1;
  }

  /**
   * Puts the halves in the batch's place.
   *
   * @throws StoreException when that could not be written: then the batch is sent again
   */
  public void halve(
      @Variable("batch") Batch batch, @ExchangeException HttpOperationFailedException refusal) {
    store.halve(batch);
    tracing.settled(batch, false);
    LOG.warn(
        "Batch refused by the API with status {}, halved: eventId={}, messages={}",
        refusal.getStatusCode(),
        batch.eventId(),
        batch.messages());
    if (refusal.getStatusCode() == TOO_LARGE) {
      limits.refusedAsTooLarge(batch.payloadBytes());
    }
  }
}
