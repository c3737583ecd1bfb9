package io.tributary.dedupe;

import io.tributary.LogText;
import io.tributary.intake.Event;
import io.tributary.intake.Outcome;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.NonManagedService;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An idempotent repository of events. What {@link #add} remembers is provisional until the poll is
 * stored: when the poll fails, {@link #remove} forgets it again, but never what the merge store
 * already holds. The key is the message ID. Its MBean is one of ours. Safe for several threads.
 */
abstract class EventRepository implements IdempotentRepository, NonManagedService {
  private static final int LONGEST_ID_IN_LOG = 200;
  private final Logger log = LoggerFactory.getLogger(getClass());

  /** By message ID, which can stand for several events when an ID was forgotten in between. */
  private final Map<String, List<Event>> provisional = new ConcurrentHashMap<>();

  private final Outcome duplicate;
  private final String warning;

  /**
   * @param duplicate what becomes of an event that is not new
   * @param warning the log line for it, with one place for the message ID
   */
  EventRepository(Outcome duplicate, String warning) {
    this.duplicate = duplicate;
    this.warning = warning;
  }

  /** Remembers the event if it is new, in one atomic step; tells whether it was. */
  abstract boolean accept(Event event);

  /** Takes back what {@link #accept} remembered. */
  abstract void forget(Event event);

  @Override
  public boolean add(Exchange exchange, String key) {
    Event event = (Event) exchange.getIn().getBody();
    if (accept(event)) {
      provisional.merge(key, List.of(event), EventRepository::joined);
      return true;
    }
    event.skip(duplicate);
    log.warn(warning, LogText.oneLine(event.messageId(), LONGEST_ID_IN_LOG));
    return false;
  }

  @Override
  public boolean confirm(String key) {
    return provisional.remove(key) != null;
  }

  @Override
  public boolean remove(String key) {
    List<Event> events = provisional.remove(key);
    List<Event> lost =
        events == null ? List.of() : events.stream().filter(event -> !event.isStored()).toList();
    lost.forEach(this::forget);
    return !lost.isEmpty();
  }

  @Override
  public boolean add(String key) {
    throw new UnsupportedOperationException("Add an event, not a key alone");
  }

  @Override
  public boolean contains(String key) {
    return provisional.containsKey(key);
  }

  @Override
  public void clear() {
    provisional.clear();
  }

  private static List<Event> joined(List<Event> before, List<Event> added) {
    return Stream.concat(before.stream(), added.stream()).toList();
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}
}
