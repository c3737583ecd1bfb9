package io.tributary.support;

import io.tributary.batch.Limits;
import io.tributary.batch.Section;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import java.util.List;
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
    Section section = new Section("customers", "customerCount");
    Poll poll = new Poll(events.length, section, new Limits(1_000, 1_000_000));
    List.of(events).forEach(poll::add);
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getIn().setBody(poll);
    return repository.add(exchange, key);
  }
}
