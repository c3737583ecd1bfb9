package io.tributary.memory;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Camel catches what a route throws, and may try again for ever. */
final class FailedExchanges extends EventNotifierSupport {
  private final Consumer<Throwable> failures;

  /**
   * @param failures gets why an exchange fails
   */
  FailedExchanges(Consumer<Throwable> failures) {
    this.failures = failures;
    setupIgnore(true);
    setIgnoreExchangeEvents(false);
    setIgnoreExchangeFailedEvents(false);
    setIgnoreExchangeRedeliveryEvents(false);
  }

  @Override
  public void notify(CamelEvent event) {
    if (event instanceof ExchangeEvent of) {
      Exchange exchange = of.getExchange();
      Stream.of(
              exchange.getException(),
              exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))
          .filter(Objects::nonNull)
          .forEach(failures);
    }
  }
}
