package io.tributary.dedupe;

import io.tributary.intake.Event;
import io.tributary.intake.Outcome;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An idempotent repository of events. What {@link #add} remembers is provisional until the poll is
 * stored: when the poll fails, {@link #remove} forgets it again, but never what the merge store
 * already holds. The key is the message ID. Safe for several threads.
 */
abstract class EventRepository implements IdempotentRepository {
  private static final int LONGEST_ID_IN_LOG = 200;
  private final Logger log = LoggerFactory.getLogger(getClass());
  private final Map<String, Event> provisional = new ConcurrentHashMap<>();
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
      provisional.put(key, event);
      return true;
    }
    event.skip(duplicate);
    log.warn(warning, printable(event.messageId()));
    return false;
  }

  @Override
  public boolean confirm(String key) {
    return provisional.remove(key) != null;
  }

  @Override
  public boolean remove(String key) {
    Event event = provisional.remove(key);
    if (event == null || event.isStored()) {
      return false;
    }
    forget(event);
    return true;
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

  @Override
  public void start() {}

  @Override
  public void stop() {}

  /** An ID comes from outside: it must not forge a second log line or fill the log. */
  private static String printable(String id) {
    String shortened =
        id.length() <= LONGEST_ID_IN_LOG ? id : id.substring(0, LONGEST_ID_IN_LOG) + "…";
    return shortened.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
  }
}
