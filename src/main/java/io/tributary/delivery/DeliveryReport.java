package io.tributary.delivery;

import io.tributary.batch.Batch;
import io.tributary.delivery.ApiState.Kind;
import io.tributary.logging.LogText;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.StoreException;
import io.tributary.tracing.Tracing;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Variable;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes what became of each attempt: the log line, the counters, the state of the API. As a
 * processor it takes the attempts that failed. Used by the delivery thread.
 */
public final class DeliveryReport implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryReport.class);

  private final Ledger ledger;
  private final ApiState api;
  private final RecentBatches recent;
  private final Tracing tracing;
  private final Clock clock;
  private boolean warnedOfPage;
  private String attempted = "";
  private String firstAttempt = "";

  public DeliveryReport(
      Ledger ledger, ApiState api, RecentBatches recent, Tracing tracing, Clock clock) {
    this.ledger = ledger;
    this.api = api;
    this.recent = recent;
    this.tracing = tracing;
    this.clock = clock;
  }

  /** The API has taken the batch. */
  public void delivered(@Variable("batch") Batch batch, Exchange exchange) {
    int status = exchange.getIn().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    api.answered(Kind.ACCEPTING, "status " + status);
    ledger.attempted(String.valueOf(status));
    ledger.delivered();
    tracing.attempted(batch, String.valueOf(status));
    tracing.settled(batch, true);
    recent.settled(batch, true);
    warnOfPage(status, exchange);
    LOG.info(
        "Batch delivered: records={}, {}, reason={}, eventId={}",
        batch.records(),
        batch.countsText(),
        batch.reason(),
        batch.eventId());
  }

  /** The status decides; but a page for people may come from what stands before the API. */
  private void warnOfPage(int status, Exchange exchange) {
    String type = exchange.getIn().getHeader(Exchange.CONTENT_TYPE, "", String.class);
    if (!warnedOfPage && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
      warnedOfPage = true;
      LOG.warn(
          "The API answers with status {} and a page of HTML, as a page to sign in at would be."
              + " That counts as delivered; look whether {} is right",
          status,
          Setting.ANALYTICS_API_BASE_URL);
    }
  }

  /** The API has refused the batch, and it is in the dead letters. */
  public void refused(@Variable("batch") Batch batch) {
    ledger.refused();
    tracing.settled(batch, false);
    recent.settled(batch, false);
    LOG.error(
        "Batch refused by the API, now a dead letter: records={}, {}, eventId={}",
        batch.records(),
        batch.countsText(),
        batch.eventId());
  }

  /**
   * An attempt has failed. When the batch cannot be read from the store, the API was not asked, and
   * its state stays as it is.
   */
  @Override
  public void process(Exchange exchange) {
    Batch batch = exchange.getVariable("batch", Batch.class);
    Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    if (failure instanceof StoreException) {
      LOG.error("Batch cannot be sent yet, it is tried again: {}", failure.getMessage());
      return;
    }
    noteTime(exchange, batch);
    int attempt = exchange.getIn().getHeader(Exchange.REDELIVERY_COUNTER, 1, Integer.class);
    String label = "none";
    // The class without its package, since what it says is often nothing without that.
    String detail =
        "no answer: " + failure.getClass().getSimpleName() + ": " + failure.getMessage();
    if (failure instanceof HttpOperationFailedException answer) {
      label = String.valueOf(answer.getStatusCode());
      String location = answer.getRedirectLocation();
      detail = "status " + label + (location == null ? "" : " to " + LogText.url(location));
    } else if (failure instanceof NotCalledException) {
      detail = String.valueOf(failure.getMessage());
    }
    detail = LogText.oneLine(detail, 300);
    Kind kind =
        switch (Verdict.of(failure)) {
          case TAKEN, BATCH_REFUSED -> Kind.ACCEPTING;
          case UNAVAILABLE -> Kind.UNAVAILABLE;
          case REFUSING -> Kind.REFUSING;
        };
    api.answered(kind, detail);
    ledger.attempted(label);
    if (batch != null) {
      tracing.attempted(batch, label);
    }
    LOG.warn(
        "Delivery attempt {} failed: eventId={}, {}{}",
        attempt,
        batch == null ? "?" : batch.eventId(),
        detail,
        kind == Kind.ACCEPTING ? "" : "; kept, to be tried again");
  }

  /** For the headers of a dead letter, should the batch become one. */
  private void noteTime(Exchange exchange, @Nullable Batch batch) {
    String now = clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    if (batch == null || !batch.eventId().equals(attempted)) {
      attempted = batch == null ? "" : batch.eventId();
      firstAttempt = now;
    }
    exchange.setVariable("firstAttempt", firstAttempt);
    exchange.setVariable("lastAttempt", now);
  }
}
