package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.batch.CompletionReason;
import io.tributary.poll.Poll;
import io.tributary.store.Store;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.spi.RecoverableAggregationRepository;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/**
 * The aggregator's view of the {@link Store}. There is one group, whose exchange is made anew from
 * the store each time; a completed group's exchange is named after its batch's number. Safe for
 * several threads.
 */
public final class MergeRepository implements RecoverableAggregationRepository {
  /** The aggregator's one group, as {@code routes/merge.camel.yaml} names it. */
  public static final String GROUP = "batch";

  /** The property of an exchange whose batch is full: the {@link CompletionReason}. */
  static final String REASON = "tributary.reason";

  private static final String ID_PREFIX = "batch-";
  private static final long RECOVERY_INTERVAL_MILLIS = 1000;

  private final Store store;
  private final Sections sections;
  private final OpenBatch openBatch;
  private final Function<CompletionReason, Batch.Completion> completions;
  private final Consumer<Batch> completed;
  private final BooleanSupplier isDue;

  /**
   * @param completions gives each completed batch its identity
   * @param completed takes each completed batch
   * @param isDue whether a pending batch is to be sent now
   */
  public MergeRepository(
      Store store,
      Sections sections,
      OpenBatch openBatch,
      Function<CompletionReason, Batch.Completion> completions,
      Consumer<Batch> completed,
      BooleanSupplier isDue) {
    this.store = store;
    this.sections = sections;
    this.openBatch = openBatch;
    this.completions = completions;
    this.completed = completed;
    this.isDue = isDue;
  }

  @Override
  public @Nullable Exchange get(CamelContext context, String key) {
    Batch open = store.open();
    return open == null ? null : exchange(context, open);
  }

  /** Stores the poll in the exchange's body. */
  @Override
  public @Nullable Exchange add(CamelContext context, String key, Exchange exchange) {
    store.append(exchange.getIn().getBody(Poll.class));
    return null;
  }

  /** Completes the open batch; the exchange goes on with the completed one. */
  @Override
  public void remove(CamelContext context, String key, Exchange exchange) {
    CompletionReason full = exchange.getProperty(REASON, CompletionReason.class);
    CompletionReason reason = full == null ? openBatch.reasonWhenForced() : full;
    Batch batch = store.complete(completions.apply(reason), sections.all());
    completed.accept(batch);
    exchange.getIn().setBody(batch);
  }

  /** A batch is forgotten when it is settled: Camel confirms whatever ends without an exception. */
  @Override
  public void confirm(CamelContext context, String exchangeId) {
    store.forgetSettled();
  }

  @Override
  public Set<String> getKeys() {
    return store.open() == null ? Set.of() : Set.of(GROUP);
  }

  /** The pending batches, oldest first; none before the time has come to send one. */
  @Override
  public Set<String> scan(CamelContext context) {
    store.forgetSettled();
    if (!isDue.getAsBoolean()) {
      return Set.of();
    }
    Set<String> ids = new LinkedHashSet<>();
    store.pending().forEach(batch -> ids.add(ID_PREFIX + batch.number()));
    return ids;
  }

  @Override
  public @Nullable Exchange recover(CamelContext context, String exchangeId) {
    long number = number(exchangeId);
    for (Batch batch : store.pending()) {
      if (batch.number() == number) {
        Exchange recovered = exchange(context, batch);
        recovered.setProperty(ExchangePropertyKey.AGGREGATED_CORRELATION_KEY, GROUP);
        // One of Camel's own words, or each recovery logs an error.
        recovered.setProperty(ExchangePropertyKey.AGGREGATED_COMPLETED_BY, "force");
        return recovered;
      }
    }
    return null;
  }

  @Override
  public boolean isUseRecovery() {
    return true;
  }

  @Override
  public long getRecoveryInterval() {
    return RECOVERY_INTERVAL_MILLIS;
  }

  @Override
  public @Nullable String getDeadLetterUri() {
    return null;
  }

  @Override
  public int getMaximumRedeliveries() {
    return 0;
  }

  @Override
  public void setUseRecovery(boolean useRecovery) {
    refuse("useRecovery");
  }

  @Override
  public void setRecoveryInterval(long interval) {
    refuse("recoveryInterval");
  }

  @Override
  @Deprecated // as in the interface
  public void setRecoveryInterval(long interval, TimeUnit timeUnit) {
    refuse("recoveryInterval");
  }

  @Override
  public void setDeadLetterUri(String deadLetterUri) {
    refuse("deadLetterUri");
  }

  @Override
  public void setMaximumRedeliveries(int maximumRedeliveries) {
    refuse("maximumRedeliveries");
  }

  private static void refuse(String option) {
    throw new IllegalArgumentException(option + " is fixed: the order of batches depends on it");
  }

  private static Exchange exchange(CamelContext context, Batch batch) {
    Exchange exchange = new DefaultExchange(context);
    exchange.setExchangeId(ID_PREFIX + batch.number());
    exchange.getIn().setBody(batch);
    return exchange;
  }

  private static long number(String exchangeId) {
    return Long.parseLong(Objects.requireNonNull(exchangeId).substring(ID_PREFIX.length()));
  }
}
