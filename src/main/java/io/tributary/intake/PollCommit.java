package io.tributary.intake;

import java.time.Duration;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the last offset of each partition of a poll, all of them in one call, on the consumer's
 * own thread. Camel's own handle commits the last record's partition only.
 */
public final class PollCommit {
  private static final Logger LOG = LoggerFactory.getLogger(PollCommit.class);

  /** Less than a stop waits for a poll; Kafka's own limit is a minute. */
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(3);

  /**
   * Commits a poll that has been stored. That a rebalance has taken a partition away, or that the
   * broker does not answer, is no error of the poll: its records are stored, and are known as
   * duplicates when they come again.
   */
  public void commit(Exchange exchange, @Body Poll poll) {
    Consumer<?, ?> consumer = position(exchange.getIn()).getCamelExchangePayload().consumer;
    try {
      consumer.commitSync(poll.offsets(), LONGEST_COMMIT);
    } catch (CommitFailedException | RetriableException | WakeupException e) {
      LOG.warn(
          "Offsets not committed, their records are stored and will be recognised: {}: {}",
          poll.offsets(),
          e.toString());
    }
  }

  static DefaultKafkaManualCommit position(Message message) {
    return (DefaultKafkaManualCommit) message.getHeader(KafkaConstants.MANUAL_COMMIT);
  }
}
