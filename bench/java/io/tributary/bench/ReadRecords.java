package io.tributary.bench;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;

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
      Map<?, ?> deleted =
          admin
              .deleteRecords(
                  admin
                      .listConsumerGroupOffsets(group)
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .entrySet()
                      .stream()
                      .collect(
                          Collectors.toMap(
                              Map.Entry::getKey,
                              entry -> RecordsToDelete.beforeOffset(entry.getValue().offset()))))
              .lowWatermarks();
      if (deleted.isEmpty()) {
        throw new IllegalStateException("Group " + group + " has committed nothing");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Records that were read stay", e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
