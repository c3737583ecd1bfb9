package io.tributary.intake;

import io.tributary.merge.BatchLimits;
import io.tributary.merge.Sections;
import java.util.Collection;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/** Collects what the records of a poll turned out to be into a {@link Poll}. */
public final class PollStrategy implements AggregationStrategy {
  private final Sections sections;
  private final BatchLimits limits;

  public PollStrategy(Sections sections, BatchLimits limits) {
    this.sections = sections;
    this.limits = limits;
  }

  @Override
  public Exchange aggregate(Exchange oldExchange, Exchange newExchange, Exchange inputExchange) {
    Decoded decoded = newExchange.getIn().getBody(Decoded.class);
    if (oldExchange != null) {
      oldExchange.getIn().getBody(Poll.class).add(decoded);
      return oldExchange;
    }
    int recordsRead = inputExchange.getIn().getBody(Collection.class).size();
    Poll poll = new Poll(recordsRead, sections.of(newExchange), limits.now());
    poll.add(decoded);
    newExchange.getIn().setBody(poll);
    return newExchange;
  }

  @Override
  public Exchange aggregate(Exchange oldExchange, Exchange newExchange) {
    throw new UnsupportedOperationException("The number of records read is needed too");
  }
}
