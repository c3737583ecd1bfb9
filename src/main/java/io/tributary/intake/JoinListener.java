package io.tributary.intake;

import java.util.Collection;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** Notes when a consumer leaves its group for a rebalance, and when it has joined it. */
record JoinListener(
    ConsumerRebalanceListener next,
    ConsumerState state,
    Runnable lastCommit,
    Consumer<Collection<TopicPartition>> assigned)
    implements ConsumerRebalanceListener {
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    state.joined(false);
    lastCommit.run();
    next.onPartitionsRevoked(partitions);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    state.joined(true);
    assigned.accept(partitions);
    next.onPartitionsAssigned(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    state.joined(false);
    next.onPartitionsLost(partitions);
  }
}
