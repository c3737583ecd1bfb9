package io.tributary.intake;

import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/** Whether the body is an event, and no dead letter. */
public final class IsEvent implements Predicate {
  @Override
  public boolean matches(Exchange exchange) {
    return exchange.getIn().getBody() instanceof Event;
  }
}
