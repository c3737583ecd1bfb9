package io.tributary.dedupe;

import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.logging.LogText;
import io.tributary.poll.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.NonManagedService;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An idempotent repository of events. A key stands for a poll: {@link #add} looks at each of its
 * events, sets those aside that it has seen, and tells whether any is left. What it remembers is
 * provisional until the poll is stored: when the poll fails, {@link #remove} forgets it again, but
 * never what the merge store already holds. Safe for several threads.
 */
abstract class EventRepository extends ServiceSupport
    implements IdempotentRepository, NonManagedService {
  private static final int LONGEST_ID_IN_LOG = 200;
  private final Logger log = LoggerFactory.getLogger(getClass());

  /** What is remembered of each poll that is under way. */
  private final Map<String, List<Event>> provisional = new ConcurrentHashMap<>();

  private final Outcome duplicate;
  private final String warning;
  final RecentKeys keys;

  /**
   * @param duplicate what becomes of an event that is not new
   * @param warning the log line for it, with one place for the message ID
   * @param size keys remembered
   * @param timeToLive how long each is remembered
   */
  EventRepository(Outcome duplicate, String warning, int size, Duration timeToLive) {
    this.duplicate = duplicate;
    this.warning = warning;
    this.keys = new RecentKeys(size, timeToLive);
  }

  /** Remembers the event if it is new, in one atomic step; tells whether it was. */
  abstract boolean accept(Event event);

  /** Takes back what {@link #accept} remembered. */
  abstract void forget(Event event);

  @Override
  public boolean add(Exchange exchange, String key) {
    List<Event> accepted = null;
    try {
      for (Event event : ((Poll) exchange.getIn().getBody()).events()) {
        if (event.outcome() != Outcome.MERGED) {
          continue;
        }
        if (accept(event)) {
          if (accepted == null) {
            accepted = provisional.computeIfAbsent(key, poll -> new ArrayList<>());
          }
          accepted.add(event);
        } else {
          event.skip(duplicate);
          log.warn(warning, LogText.oneLine(event.messageId(), LONGEST_ID_IN_LOG));
        }
      }
      keys.trim();
    } catch (RuntimeException | Error e) {
      // Camel takes back only what was added to the end.
      remove(key);
      throw e;
    }
    return accepted != null;
  }

  @Override
  public boolean confirm(String key) {
    return provisional.remove(key) != null;
  }

  @Override
  public boolean remove(String key) {
    List<Event> events = provisional.remove(key);
    if (events == null) {
      return false;
    }
    events.removeIf(Event::isStored);
    events.forEach(this::forget);
    return !events.isEmpty();
  }

  @Override
  public boolean add(String key) {
    throw new UnsupportedOperationException("Add a poll, not a key alone");
  }

  @Override
  public boolean contains(String key) {
    return provisional.containsKey(key);
  }

  @Override
  public void clear() {
    provisional.clear();
    keys.clear();
  }

  /** How many keys are remembered. */
  public long count() {
    return keys.count();
  }
}
