package io.tributary.intake;

import io.tributary.logging.Causes;
import org.apache.kafka.common.KafkaException;

/** Why brokers, or the way to them, refuse a Kafka client. */
final class Refusal {
  private Refusal() {}

  /** What the client says and what is behind that; neither has what it signed in with. */
  static String words(KafkaException refusal) {
    Throwable root = Causes.root(refusal);
    return root == refusal ? message(refusal) : message(refusal) + ": " + message(root);
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
