package io.tributary.poll;

import io.tributary.batch.Contribution;
import io.tributary.batch.Section;
import io.tributary.event.DeadLetter;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One poll of Kafka, decoded: what it adds to a batch, its dead letters, and how far it has read.
 * Belongs to the thread of its consumer.
 */
public final class Poll {
  private static final int MOST_PLACES = 3;
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final Section section;
  private final Map<TopicPartition, Position> positions;
  private final List<Event> events = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final int recordsRead;
  private final long number = NUMBERS.incrementAndGet();
  private @Nullable Contribution contribution;

  /**
   * @param recordsRead records that Kafka's consumer handed over
   * @param positions how far each partition has been read with them
   */
  public Poll(int recordsRead, Section section, Map<TopicPartition, Position> positions) {
    this.recordsRead = recordsRead;
    this.section = section;
    this.positions = Map.copyOf(positions);
  }

  /** Adds a record, in the order of the poll. */
  public void add(Decoded decoded) {
    if (decoded instanceof DeadLetter deadLetter) {
      deadLetters.add(deadLetter);
    } else if (decoded instanceof Event event) {
      events.add(event);
    }
  }

  /** Stands for the message IDs of the poll: its text names the poll, and no other one has it. */
  public Object messageIds() {
    return this;
  }

  /** Stands for the content hashes of the poll, as {@link #messageIds} does for the IDs. */
  public Object contentHashes() {
    return this;
  }

  /** Where it was read up to, and its number: {@code customer_data-0@2016 #8}. Never a body. */
  @Override
  public String toString() {
    String places =
        positions.entrySet().stream()
            .map(reached -> reached.getKey() + "@" + reached.getValue().next())
            .sorted()
            .limit(MOST_PLACES)
            .collect(Collectors.joining(","));
    return places + " #" + number;
  }

  /** The records that can be used, duplicates among them. */
  public List<Event> events() {
    return events;
  }

  /** Says that the store holds the keys of its events. */
  public void markStored() {
    for (Event event : events) {
      if (event.outcome() != Outcome.DUPLICATE_ID) {
        event.markStored();
      }
    }
  }

  /**
   * What the poll adds to a batch. To be asked for when each event's outcome is known: it stays
   * what it is then.
   */
  public Contribution contribution() {
    Contribution known = contribution;
    if (known == null) {
      List<Event> merged = new ArrayList<>(events.size());
      for (Event event : events) {
        if (event.outcome() == Outcome.MERGED) {
          merged.add(event);
        }
      }
      known =
          Contribution.of(
              section,
              merged,
              partition -> Objects.requireNonNull(positions.get(partition)).topicId());
      contribution = known;
    }
    return known;
  }

  /** Takes events for duplicates that were read before. */
  public void passOver(Predicate<Event> readBefore) {
    for (Event event : events) {
      if (readBefore.test(event)) {
        event.skip(Outcome.DUPLICATE_ID);
        contribution = null;
      }
    }
  }

  /** The records that cannot be used. */
  public List<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** Whether the poll has records that cannot be used. */
  public boolean hasDeadLetters() {
    return !deadLetters.isEmpty();
  }

  /** How far each partition has been read with this poll. */
  public Map<TopicPartition, Position> positions() {
    return positions;
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
    return positions.keySet().stream().findFirst().map(TopicPartition::topic).orElse("");
  }

  /** The section that the poll fills. */
  public Section section() {
    return section;
  }
}
