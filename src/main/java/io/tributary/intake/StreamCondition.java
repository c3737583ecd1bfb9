package io.tributary.intake;

import java.time.Instant;

/**
 * How a stream, or one of its consumers, stands with Kafka.
 *
 * @param kind what it comes to
 * @param since since when it is so; of a stream with several consumers, the worst one's
 * @param detail what the Kafka client says to it; empty when it says nothing
 */
public record StreamCondition(Kind kind, Instant since, String detail) {
  /** The kinds that an operator tells apart, the worst first. */
  public enum Kind {
    /** The brokers refuse the credentials or the right to read, or a certificate is refused. */
    REFUSED,
    /** No broker answers. */
    UNREACHABLE,
    /** The brokers do not know the topic. */
    NO_TOPIC,
    /** Kafka's client cannot read a record, or fails in each poll for another reason. */
    UNREADABLE,
    /** Consumers are missing: not made yet, or ended. */
    NO_CONSUMER,
    /** It has not joined the group, or has been waiting in a rebalance for too long. */
    NOT_A_MEMBER,
    /** It is a member of the group; with fewer partitions than consumers, maybe without one. */
    MEMBER
  }

  StreamCondition(Kind kind, Instant since) {
    this(kind, since, "");
  }
}
