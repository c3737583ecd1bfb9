package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.batch.CompletionReason;
import io.tributary.batch.Contribution;
import io.tributary.batch.Limits;
import io.tributary.poll.Poll;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/**
 * Adds a poll to the open batch, after completing a batch that it would outgrow. It completes
 * before and not after, because Camel never stores a group that its own first message completes.
 * Called under the aggregator's lock.
 */
public final class MergeStrategy implements AggregationStrategy {
  private final BatchLimits limits;

  public MergeStrategy(BatchLimits limits) {
    this.limits = limits;
  }

  @Override
  public boolean canPreComplete() {
    return true;
  }

  @Override
  public boolean preComplete(Exchange oldExchange, Exchange newExchange) {
    if (oldExchange == null) {
      return false;
    }
    Batch open = oldExchange.getIn().getBody(Batch.class);
    Contribution more = newExchange.getIn().getBody(Poll.class).contribution();
    Limits most = limits.now();
    int messages = open.messages() + more.messages();
    if (open.messages() == 0
        || more.messages() == 0
        || most.allow(messages, open.payloadBytes() + more.payloadBytes())) {
      return false;
    }
    boolean tooMany = messages > most.maxMessages();
    oldExchange.setProperty(
        MergeRepository.REASON, tooMany ? CompletionReason.MESSAGES : CompletionReason.BYTES);
    return true;
  }

  /** The group's body becomes the poll: {@link MergeRepository#add} knows what it adds to. */
  @Override
  public Exchange aggregate(Exchange oldExchange, Exchange newExchange) {
    Poll poll = newExchange.getIn().getBody(Poll.class);
    Exchange group = oldExchange == null ? newExchange : oldExchange;
    group.getIn().removeHeaders("*");
    group.getIn().setBody(poll);
    return group;
  }
}
