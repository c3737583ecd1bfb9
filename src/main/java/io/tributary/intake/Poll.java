package io.tributary.intake;

import io.tributary.deadletter.DeadLetter;
import io.tributary.merge.Fragment;
import io.tributary.merge.Limits;
import io.tributary.merge.Section;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One poll of Kafka: the records that were read, decoded, and what they amount to, which is
 * fragments to store, dead letters to send and offsets to commit. Belongs to the thread of its
 * consumer.
 */
public final class Poll {
  private final Section section;
  private final Limits limits;
  private final List<Event> events = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final int recordsRead;
  private @Nullable SourceRecord last;
  private @Nullable List<Fragment> fragments;

  /**
   * @param recordsRead records that Kafka's consumer handed over
   * @param limits what fits into one batch: a fragment never holds more
   */
  public Poll(int recordsRead, Section section, Limits limits) {
    this.recordsRead = recordsRead;
    this.section = section;
    this.limits = limits;
  }

  /** Adds a record, in the order of the poll. */
  public void add(Decoded decoded) {
    if (decoded instanceof DeadLetter deadLetter) {
      deadLetters.add(deadLetter);
    } else if (decoded instanceof Event event) {
      events.add(event);
    }
    pass(decoded.source());
  }

  /** The records that can be used, duplicates among them. */
  public List<Event> events() {
    return events;
  }

  /**
   * What is to be stored; none when the poll brought nothing new. To be asked for when each event's
   * outcome is known: it stays what it is then.
   */
  public List<Fragment> fragments() {
    List<Fragment> known = fragments;
    if (known == null) {
      known = new Cut().of(events);
      fragments = known;
    }
    return known;
  }

  /** The records that cannot be used. */
  public List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** Whether the poll has records that cannot be used. */
  public boolean hasDeadLetters() {
    return !deadLetters.isEmpty();
  }

  /** The offset after the last record of each partition. */
  public Map<TopicPartition, OffsetAndMetadata> offsets() {
    if (last != null) {
      offsets.put(last.partition(), new OffsetAndMetadata(last.offset() + 1));
    }
    return offsets;
  }

  /** How many records had each outcome. */
  public Map<Outcome, Integer> outcomes() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    events.forEach(event -> outcomes.merge(event.outcome(), 1, Integer::sum));
    if (hasDeadLetters()) {
      outcomes.put(Outcome.DEAD_LETTER, deadLetters.size());
    }
    return outcomes;
  }

  /** How many records the poll brought, counted apart from their outcomes. */
  public int recordsRead() {
    return recordsRead;
  }

  /** The topic that the poll was read from. */
  public String topic() {
    return last == null ? "" : last.partition().topic();
  }

  /** The section that the poll fills. */
  public Section section() {
    return section;
  }

  /** Records come partition by partition: only where one ends has its offset to be noted. */
  private void pass(SourceRecord record) {
    if (last != null && !last.partition().equals(record.partition())) {
      offsets.put(last.partition(), new OffsetAndMetadata(last.offset() + 1));
    }
    last = record;
  }

  /** Cuts events into fragments that each fit into a batch. */
  private final class Cut {
    private final List<Fragment> cut = new ArrayList<>();

    List<Fragment> of(List<Event> all) {
      for (Event event : all) {
        if (event.outcome() == Outcome.MERGED) {
          fragmentFor(event).merge(event);
        } else if (event.outcome() == Outcome.DUPLICATE_CONTENT) {
          lastFragment().remember(event);
        }
      }
      return cut;
    }

    private Fragment fragmentFor(Event event) {
      Fragment current = lastFragment();
      return current.hasRoomFor(event, limits) ? current : addFragment();
    }

    private Fragment lastFragment() {
      return cut.isEmpty() ? addFragment() : cut.get(cut.size() - 1);
    }

    private Fragment addFragment() {
      Fragment fragment = new Fragment(section);
      cut.add(fragment);
      return fragment;
    }
  }
}
