package io.tributary.dedupe;

import io.tributary.intake.Event;
import io.tributary.support.CamelContexts;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.DefaultExchange;

/** Asks a repository as Camel's idempotent consumer does. */
final class Repositories {
  private static final CamelContext CONTEXT = CamelContexts.notStarted();

  private Repositories() {}

  /** Whether the event is new to the repository. */
  static boolean add(IdempotentRepository repository, Event event) {
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getIn().setBody(event);
    return repository.add(exchange, event.messageId());
  }
}
