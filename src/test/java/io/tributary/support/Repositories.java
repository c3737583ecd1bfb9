package io.tributary.support;

import io.tributary.event.Event;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.DefaultExchange;

/** Asks a repository as Camel's idempotent consumer does. */
public final class Repositories {
  private static final CamelContext CONTEXT = CamelContexts.notStarted();

  private Repositories() {}

  /** Whether the event, alone in a poll under its message ID, is new to the repository. */
  public static boolean add(IdempotentRepository repository, Event event) {
    return add(repository, event.messageId(), event);
  }

  /** Whether any of the events, in a poll under this key, is new to the repository. */
  public static boolean add(IdempotentRepository repository, String key, Event... events) {
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getIn().setBody(Stores.poll(events));
    return repository.add(exchange, key);
  }
}
