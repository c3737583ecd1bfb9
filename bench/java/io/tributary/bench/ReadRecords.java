package io.tributary.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** The records that a consumer group has read; they can go, so that the disk does not fill up. */
final class ReadRecords implements AutoCloseable {
  private final Admin admin;
  private final String group;

  ReadRecords(Stage stage, String group) {
    this.admin = stage.admin();
    this.group = group;
  }

  /** Deletes those before the committed offsets. */
  void delete() throws InterruptedException {
    try {
      Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((place, next) -> read.put(place, RecordsToDelete.beforeOffset(next.offset())));
      admin.deleteRecords(read).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Records that were read stay", e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
