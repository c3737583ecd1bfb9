package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one consumer: its own thread notes what only it may ask, and the client's
 * figures, which any thread may read, say whether a broker answers. Safe for several threads.
 */
final class ConsumerState {
  /** Several heartbeats: a broker that is there has answered one by then. */
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

  /** A rebalance takes a heartbeat or two; until then it is no trouble worth telling. */
  static final Duration LONGEST_REBALANCE = Duration.ofSeconds(10);

  /** Kafka's clients wait that long at the most between two logins. */
  static final Duration LONGEST_REFUSAL = Duration.ofSeconds(12);

  private static final Duration TOPIC_CHECK_INTERVAL = Duration.ofSeconds(2);

  private final Metric connections;
  private final Metric responses;
  private final Metric heartbeats;
  private final Clock clock;
  private double responsesSeen;
  private boolean answered;
  private Instant lastAnswer;
  private boolean joined;
  private boolean hasBeenMember;
  private Instant joinChanged;
  private @Nullable Instant topicMissingSince;
  private Instant topicChecked = Instant.EPOCH;
  private @Nullable StreamCondition refusal;
  private Instant lastRefusal = Instant.EPOCH;
  private double heartbeatsAtRefusal;

  /**
   * @param metrics the consumer's
   */
  ConsumerState(Map<MetricName, ? extends Metric> metrics, Clock clock) {
    this.connections = metric(metrics, "consumer-metrics", "connection-count");
    this.responses = metric(metrics, "consumer-metrics", "response-total");
    this.heartbeats = metric(metrics, "consumer-coordinator-metrics", "heartbeat-total");
    this.clock = clock;
    this.lastAnswer = clock.instant();
    this.joinChanged = lastAnswer;
  }

  /** A rebalance has begun (false), or has ended with the consumer in the group (true). */
  synchronized void joined(boolean isMember) {
    if (joined != isMember) {
      joined = isMember;
      joinChanged = clock.instant();
    }
    hasBeenMember |= isMember;
  }

  /**
   * Looks at the figures, as before each poll; whether the brokers should be asked for the topic.
   */
  synchronized boolean isTopicDoubtful(boolean assigned) {
    boolean reachable = isReachable();
    if (assigned) {
      topicMissingSince = null;
    }
    boolean due = clock.instant().isAfter(topicChecked.plus(TOPIC_CHECK_INTERVAL));
    return reachable && !assigned && due;
  }

  /** The brokers have said whether they know the topic; null when they have not answered. */
  synchronized void topicExists(@Nullable Boolean exists) {
    topicChecked = clock.instant();
    if (Boolean.TRUE.equals(exists)) {
      topicMissingSince = null;
    } else if (Boolean.FALSE.equals(exists) && topicMissingSince == null) {
      topicMissingSince = clock.instant();
    }
  }

  /**
   * The brokers have refused the consumer; whether that is new.
   *
   * @param detail why
   */
  synchronized boolean refused(String detail) {
    boolean isNew = !isRefused();
    lastRefusal = clock.instant();
    heartbeatsAtRefusal = value(heartbeats);
    refusal =
        new StreamCondition(
            Kind.REFUSED, refusal == null || isNew ? lastRefusal : refusal.since(), detail);
    return isNew;
  }

  /** Until it is a member again: only then it has heartbeats. */
  private boolean isRefused() {
    boolean over =
        value(heartbeats) > heartbeatsAtRefusal
            && clock.instant().isAfter(lastRefusal.plus(LONGEST_REFUSAL));
    if (over) {
      refusal = null;
    }
    return refusal != null;
  }

  synchronized StreamCondition condition() {
    if (refusal != null && isRefused()) {
      return refusal;
    }
    if (!isReachable()) {
      return new StreamCondition(Kind.UNREACHABLE, lastAnswer);
    }
    if (topicMissingSince != null) {
      return new StreamCondition(Kind.NO_TOPIC, topicMissingSince);
    }
    Duration patience = hasBeenMember ? LONGEST_REBALANCE : Duration.ZERO;
    boolean waits = !joined && !clock.instant().isBefore(joinChanged.plus(patience));
    return new StreamCondition(waits ? Kind.NOT_A_MEMBER : Kind.MEMBER, joinChanged);
  }

  /** An attempt to connect counts as a connection, so only an answer ends an absence. */
  private boolean isReachable() {
    double total = value(responses);
    if (total > responsesSeen) {
      responsesSeen = total;
      lastAnswer = clock.instant();
      answered = true;
    }
    if (value(connections) == 0) {
      answered = false;
    }
    return answered && clock.instant().isBefore(lastAnswer.plus(LONGEST_SILENCE));
  }

  private static double value(Metric metric) {
    return ((Number) metric.metricValue()).doubleValue();
  }

  private static Metric metric(
      Map<MetricName, ? extends Metric> metrics, String group, String name) {
    return metrics.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .filter(entry -> entry.getKey().group().equals(group))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The Kafka client has no figure " + name))
        .getValue();
  }
}
