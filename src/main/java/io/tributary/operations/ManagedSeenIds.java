package io.tributary.operations;

import io.tributary.dedupe.SeenIds;
import io.tributary.intake.KeyPrints;
import io.tributary.merge.MergeStore;
import io.tributary.settings.Settings;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;

/** The MBean of the idempotent repository of message IDs. Safe for several threads. */
@ManagedResource(description = "Message IDs that were accepted lately")
public final class ManagedSeenIds {
  private final SeenIds seenIds;
  private final MergeStore store;
  private final Settings settings;

  public ManagedSeenIds(SeenIds seenIds, MergeStore store, Settings settings) {
    this.seenIds = seenIds;
    this.store = store;
    this.settings = settings;
  }

  @ManagedAttribute(description = "Message IDs remembered")
  public long getCount() {
    return seenIds.count();
  }

  @ManagedAttribute(description = "Message IDs remembered at the most")
  public int getSize() {
    return settings.rememberedKeys();
  }

  @ManagedAttribute(description = "Seconds for which a message ID is remembered")
  public long getTimeToLiveSeconds() {
    return settings.rememberedFor().toSeconds();
  }

  @ManagedOperation(
      description =
          "Forgets a message ID, for good, and says whether it was stored: a message with it is "
              + "then new by its ID, and is compared by its content only")
  public boolean forgetMessageId(String messageId) {
    return store.forgetId(KeyPrints.ofMessageId(messageId));
  }
}
