package io.tributary.intake;

import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** Tells of a consumer's leaving its group for a rebalance, and of its joining it. */
record JoinListener(
    ConsumerRebalanceListener next,
    ConsumerState state,
    Placement placement,
    FailedPolls failedPolls,
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
    failedPolls.assigned(partitions);
    next.onPartitionsAssigned(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    state.joined(false);
    placement.lost(partitions);
    next.onPartitionsLost(partitions);
  }
}
