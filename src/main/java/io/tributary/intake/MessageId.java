package io.tributary.intake;

import org.apache.camel.Exchange;
import org.apache.camel.support.ExpressionAdapter;

/** The message ID of the event in the body, as an expression without reflection. */
public final class MessageId extends ExpressionAdapter {
  @Override
  public Object evaluate(Exchange exchange) {
    return ((Event) exchange.getIn().getBody()).messageId();
  }
}
