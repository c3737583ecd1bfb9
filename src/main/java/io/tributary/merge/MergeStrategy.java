package io.tributary.merge;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/**
 * Adds a fragment to the open batch, after completing a batch that it would outgrow. It completes
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
    Fragment fragment = newExchange.getIn().getBody(Fragment.class);
    return open.messages() > 0
        && fragment.messages() > 0
        && !limits
            .now()
            .allow(
                open.messages() + fragment.messages(),
                open.payloadBytes() + fragment.payloadBytes());
  }

  /** The group's body becomes the fragment: {@link MergeRepository#add} knows what it adds to. */
  @Override
  public Exchange aggregate(Exchange oldExchange, Exchange newExchange) {
    Fragment fragment = newExchange.getIn().getBody(Fragment.class);
    Exchange group = oldExchange == null ? newExchange : oldExchange;
    group.getIn().removeHeaders("*");
    group.getIn().setBody(fragment);
    return group;
  }
}
