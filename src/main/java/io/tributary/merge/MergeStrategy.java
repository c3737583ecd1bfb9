package io.tributary.merge;

import io.tributary.batch.Batch;
import io.tributary.batch.Contribution;
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
    return open.messages() > 0
        && more.messages() > 0
        && !limits
            .now()
            .allow(open.messages() + more.messages(), open.payloadBytes() + more.payloadBytes());
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
