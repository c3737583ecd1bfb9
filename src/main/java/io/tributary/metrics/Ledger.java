package io.tributary.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tributary.batch.Batch;
import io.tributary.batch.CompletionReason;
import io.tributary.batch.Contribution;
import io.tributary.event.Outcome;
import io.tributary.poll.Poll;
import io.tributary.store.Store;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;

/**
 * Counts what comes in and what becomes of it, poll by poll when it is stored: a poll that failed
 * and is read again counts once. Safe for several threads.
 */
public final class Ledger {
  private final MeterRegistry meters;
  private final Store store;
  private final DistributionSummary sizes;
  private final AtomicLong withoutOutcome = new AtomicLong();

  public Ledger(MeterRegistry meters, Store store) {
    this.meters = meters;
    this.store = store;
    Gauge.builder("tributary.unaccounted.events", this, Ledger::unaccounted)
        .description("Events consumed minus everything accounted for; always 0")
        .register(meters);
    batches("delivered");
    batches("dead_letter");
    for (CompletionReason reason : CompletionReason.values()) {
      completed(reason.label());
    }
    sizes =
        DistributionSummary.builder("tributary.batch.messages")
            .description("Messages in each completed batch")
            .serviceLevelObjectives(1, 10, 100, 1_000, 10_000, 100_000)
            .register(meters);
  }

  /** Shows a topic's counters from 0 on, so that an alert sees the first one counted. */
  public void expect(String topic) {
    for (Outcome outcome : Outcome.values()) {
      events(topic, outcome);
    }
  }

  public void account(@Body Poll poll) {
    String topic = poll.topic();
    long accounted = 0;
    for (var outcome : poll.outcomes().entrySet()) {
      events(topic, outcome.getKey()).increment(outcome.getValue());
      accounted += outcome.getValue();
    }
    Contribution merged = poll.contribution();
    if (merged.messages() > 0) {
      Counter.builder("tributary.records")
          .description("Records inside the payloads of merged events")
          .tag("section", merged.section().name())
          .register(meters)
          .increment(merged.records());
    }
    withoutOutcome.addAndGet(poll.recordsRead() - accounted);
  }

  /**
   * Events that were read and had no outcome, and messages that were stored and are neither settled
   * nor in a batch: always 0.
   */
  public long unaccounted() {
    return withoutOutcome.get() + store.unaccountedMessages();
  }

  /** A batch is complete, and stored so. */
  public void completed(Batch batch) {
    completed(batch.reason()).increment();
    sizes.record(batch.messages());
  }

  /** The API has answered an attempt with a status, or not at all: {@code none}. */
  public void attempted(String status) {
    Counter.builder("tributary.delivery.attempts")
        .description("Attempts to deliver a batch")
        .tag("status", status)
        .register(meters)
        .increment();
  }

  public void delivered() {
    batches("delivered").increment();
  }

  public void refused() {
    batches("dead_letter").increment();
  }

  /** How many records of a topic had an outcome. */
  public long count(String topic, Outcome outcome) {
    Counter counter =
        meters
            .find("tributary.events")
            .tag("topic", topic)
            .tag("outcome", outcome.label())
            .counter();
    return counter == null ? 0 : (long) counter.count();
  }

  private Counter events(String topic, Outcome outcome) {
    return Counter.builder("tributary.events")
        .description("Records read, by what became of them")
        .tag("topic", topic)
        .tag("outcome", outcome.label())
        .register(meters);
  }

  private Counter completed(String reason) {
    return Counter.builder("tributary.batches.completed")
        .description("Batches completed, by why they were")
        .tag("reason", reason)
        .register(meters);
  }

  private Counter batches(String outcome) {
    return Counter.builder("tributary.batches")
        .description("Batches that need no more attempts")
        .tag("outcome", outcome)
        .register(meters);
  }
}
