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
 * What one poll of Kafka amounts to: fragments to store, dead letters to send, offsets to commit.
 * Belongs to the thread of its consumer.
 */
public final class Poll {
  private final Section section;
  private final Limits limits;
  private final List<Fragment> fragments = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final int recordsRead;
  private @Nullable SourceRecord last;

  /**
   * @param recordsRead records that Kafka's consumer handed over
   * @param limits what fits into one batch: a fragment never holds more
   */
  public Poll(int recordsRead, Section section, Limits limits) {
    this.recordsRead = recordsRead;
    this.section = section;
    this.limits = limits;
  }

  /** Adds what a record turned out to be, in the order of the poll. */
  public void add(Decoded decoded) {
    if (decoded instanceof DeadLetter deadLetter) {
      deadLetters.add(deadLetter);
      count(Outcome.DEAD_LETTER);
    } else if (decoded instanceof Event event) {
      count(event.outcome());
      if (event.outcome() == Outcome.MERGED) {
        fragmentFor(event).merge(event);
      } else if (event.outcome() == Outcome.DUPLICATE_CONTENT) {
        lastFragment().remember(event);
      }
    }
    pass(decoded.source());
  }

  /** What is to be stored; none when the poll brought nothing new. */
  public List<Fragment> fragments() {
    return fragments;
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

  private void count(Outcome outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  /** Records come partition by partition: only where one ends has its offset to be noted. */
  private void pass(SourceRecord record) {
    if (last != null && !last.partition().equals(record.partition())) {
      offsets.put(last.partition(), new OffsetAndMetadata(last.offset() + 1));
    }
    last = record;
  }

  private Fragment fragmentFor(Event event) {
    Fragment current = lastFragment();
    if (current.hasRoomFor(event, limits)) {
      return current;
    }
    return addFragment();
  }

  private Fragment lastFragment() {
    return fragments.isEmpty() ? addFragment() : fragments.get(fragments.size() - 1);
  }

  private Fragment addFragment() {
    Fragment fragment = new Fragment(section);
    fragments.add(fragment);
    return fragment;
  }
}
