package io.tributary.merge;

import io.tributary.Settings;

/** Works out how much payload fits beside a batch's envelope. Safe for several threads. */
public final class BatchLimits {
  private final Settings settings;
  private final Sections sections;

  public BatchLimits(Settings settings, Sections sections) {
    this.settings = settings;
    this.sections = sections;
  }

  /** The limits with the sections that there are now. */
  public Limits now() {
    int envelope =
        BatchJson.envelopeSize(sections.all(), settings.serviceName(), settings.serviceVersion());
    return new Limits(settings.maxMessages(), settings.maxBytes() - envelope);
  }
}
