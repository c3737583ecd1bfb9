package io.tributary.operations;

import io.tributary.dedupe.SeenContents;
import io.tributary.intake.Fingerprint;
import io.tributary.intake.KeyPrints;
import io.tributary.merge.MergeStore;
import io.tributary.settings.Settings;
import java.util.Locale;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;

/** The MBean of the idempotent repository of contents. Safe for several threads. */
@ManagedResource(description = "Payload entries as they were accepted last, by topic and id")
public final class ManagedSeenContents {
  private final SeenContents seenContents;
  private final MergeStore store;
  private final Settings settings;

  public ManagedSeenContents(SeenContents seenContents, MergeStore store, Settings settings) {
    this.seenContents = seenContents;
    this.store = store;
    this.settings = settings;
  }

  @ManagedAttribute(description = "Entries and whole payloads remembered")
  public long getCount() {
    return seenContents.count();
  }

  @ManagedAttribute(description = "Entries remembered at the most, and as many whole payloads")
  public int getSize() {
    return settings.rememberedKeys();
  }

  @ManagedAttribute(description = "How contents are compared: latest, window or off")
  public String getMode() {
    return settings.contentDedupe().name().toLowerCase(Locale.ROOT);
  }

  @ManagedOperation(
      description =
          "Forgets the last entry with this id on this topic, for good, and says whether it was "
              + "stored: the next one is then news, whatever it says")
  public boolean forgetEntry(String topic, String id) {
    boolean known = false;
    for (Fingerprint print : KeyPrints.ofEntry(topic, id)) {
      known |= store.forgetEntry(print);
    }
    return known;
  }
}
