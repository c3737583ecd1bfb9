package io.tributary.intake;

import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** Notes when a consumer leaves its group for a rebalance, and when it has joined it. */
record JoinListener(
    ConsumerRebalanceListener next,
    ConsumerState state,
    Placement placement,
    BooleanSupplier isPolling)
    implements ConsumerRebalanceListener {
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    state.joined(false);
    // Not when the consumer ends: its process may read on, and what is read is not delivered.
    if (isPolling.getAsBoolean()) {
      placement.revoked(partitions);
    } else {
      placement.lost(partitions);
    }
    next.onPartitionsRevoked(partitions);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    state.joined(true);
    placement.assigned(partitions);
    next.onPartitionsAssigned(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    state.joined(false);
    placement.lost(partitions);
    next.onPartitionsLost(partitions);
  }
}
