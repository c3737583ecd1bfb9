package io.tributary.operations;

import io.tributary.batch.Batch;
import io.tributary.merge.MergeRepository;
import io.tributary.store.Store;
import java.time.Instant;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.processor.aggregate.AggregateController;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MBean of the merge store: the open batch and the pending ones. Safe for several threads. */
@ManagedResource(description = "Batches that are stored and not yet delivered")
public final class ManagedStore {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedStore.class);

  private static final String[] COLUMNS = {
    "number", "eventId", "messages", "records", "bytes", "completed"
  };

  private final Store store;
  private final AggregateController aggregator;

  /**
   * @param aggregator completes a batch as the end of its window does
   */
  public ManagedStore(Store store, AggregateController aggregator) {
    this.store = store;
    this.aggregator = aggregator;
  }

  @ManagedAttribute(description = "Messages in the open batch; 0 when none is open")
  public int getOpenBatchMessages() {
    Batch open = store.open();
    return open == null ? 0 : open.messages();
  }

  @ManagedAttribute(description = "Bytes of the records in the open batch")
  public long getOpenBatchBytes() {
    Batch open = store.open();
    return open == null ? 0 : open.payloadBytes();
  }

  @ManagedAttribute(description = "When the open batch got its first message; empty if none is")
  public String getOpenBatchSince() {
    Batch open = store.open();
    return open == null ? "" : Instant.ofEpochMilli(open.openedAt()).toString();
  }

  @ManagedAttribute(description = "Completed batches that are not yet delivered")
  public int getPendingBatches() {
    return store.pendingCount();
  }

  @ManagedAttribute(description = "Messages that were stored and are nowhere any more: always 0")
  public long getUnaccountedMessages() {
    return store.unaccountedMessages();
  }

  @ManagedAttribute(description = "Why the state folder cannot be written; empty when it can")
  public String getTrouble() {
    String trouble = store.trouble();
    return trouble == null ? "" : trouble;
  }

  @ManagedOperation(
      description =
          "Completes the open batch now, as the end of its window would, and says whether one was "
              + "open. It is delivered after those that are pending")
  public boolean completeOpenBatch() {
    if (!store.isUsable()) {
      throw new IllegalStateException("The batch stays open: " + store.trouble());
    }
    boolean completed = aggregator.forceCompletionOfGroup(MergeRepository.GROUP) > 0;
    if (completed) {
      LOG.info("An operator has completed the open batch");
    }
    return completed;
  }

  @ManagedOperation(
      description =
          "Lists the pending batches, oldest first; a refused one in parts; never their records")
  public TabularData listPendingBatches() throws OpenDataException {
    CompositeType row = row();
    TabularDataSupport table =
        new TabularDataSupport(
            new TabularType(
                "pendingBatches", "Pending batches", row, new String[] {COLUMNS[0], COLUMNS[1]}));
    for (Batch batch : store.pending().stream().flatMap(b -> b.unsettled().stream()).toList()) {
      Object[] values = {
        batch.number(),
        batch.eventId(),
        batch.messages(),
        batch.countsText(),
        batch.payloadBytes(),
        completed(batch)
      };
      table.put(new CompositeDataSupport(row, COLUMNS, values));
    }
    return table;
  }

  private static @Nullable String completed(Batch batch) {
    return batch.completion() == null ? null : batch.completion().timestamp();
  }

  private static CompositeType row() throws OpenDataException {
    return new CompositeType(
        "pendingBatch",
        "A completed batch that is not yet delivered",
        COLUMNS,
        new String[] {
          "Place in the order of batches",
          "Identity towards the API",
          "Messages merged",
          "Records by section",
          "Bytes of the records",
          "When it was completed, in UTC"
        },
        new OpenType<?>[] {
          SimpleType.LONG,
          SimpleType.STRING,
          SimpleType.INTEGER,
          SimpleType.STRING,
          SimpleType.LONG,
          SimpleType.STRING
        });
  }
}
