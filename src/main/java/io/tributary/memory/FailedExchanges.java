package io.tributary.memory;

import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Camel catches what a route throws, and may try again for ever. */
final class FailedExchanges extends EventNotifierSupport {
  FailedExchanges() {
    setupIgnore(true);
    setIgnoreExchangeEvents(false);
    setIgnoreExchangeFailedEvents(false);
    setIgnoreExchangeRedeliveryEvents(false);
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof ExchangeEvent of) {
      OutOfMemory.endIfAmong(of.getExchange().getException());
      OutOfMemory.endIfAmong(
          of.getExchange().getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }
  }
}
