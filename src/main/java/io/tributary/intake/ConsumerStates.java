package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The consumers that there are at the moment, for those who watch them. Camel makes a new one in
 * place of one that failed. Safe for several threads.
 */
public final class ConsumerStates {
  private final Clock clock;
  private final Instant made;

  /** Each with its topic. */
  private final Map<ConsumerState, String> consumers = new ConcurrentHashMap<>();

  private final Map<String, Instant> lastEnd = new ConcurrentHashMap<>();
  private final ReadTroubles troubles;

  public ConsumerStates(Clock clock) {
    this.clock = clock;
    this.made = clock.instant();
    this.troubles = new ReadTroubles(clock);
  }

  /** How a topic's stream stands: as the worst of the consumers that it should have. */
  public StreamCondition of(String topic, int consumersExpected) {
    StreamCondition worst = worst(topic, consumersExpected);
    StreamCondition trouble = troubles.of(topic);
    return trouble != null && isLess(worst) ? trouble : worst;
  }

  /** Whether a trouble says more. A client that was made a moment ago has no answer yet. */
  private boolean isLess(StreamCondition worst) {
    return worst.kind() == Kind.UNREACHABLE
        ? worst.since().isAfter(clock.instant().minus(ConsumerState.LONGEST_SILENCE))
        : worst.kind().compareTo(Kind.UNREADABLE) > 0;
  }

  private StreamCondition worst(String topic, int consumersExpected) {
    List<StreamCondition> conditions = new ArrayList<>();
    consumers.forEach(
        (consumer, topics) -> {
          if (topics.equals(topic)) {
            conditions.add(consumer.condition());
          }
        });
    if (conditions.size() < consumersExpected) {
      conditions.add(new StreamCondition(Kind.NO_CONSUMER, lastEnd.getOrDefault(topic, made)));
    }
    return conditions.stream()
        .min(Comparator.comparing(StreamCondition::kind))
        .orElse(new StreamCondition(Kind.MEMBER, made));
  }

  ReadTroubles troubles() {
    return troubles;
  }

  Clock clock() {
    return clock;
  }

  void add(String topic, ConsumerState consumer) {
    consumers.put(consumer, topic);
  }

  void remove(ConsumerState consumer) {
    String topic = consumers.remove(consumer);
    if (topic != null) {
      lastEnd.put(topic, clock.instant());
    }
  }
}
