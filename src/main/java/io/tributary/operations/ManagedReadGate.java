package io.tributary.operations;

import io.tributary.intake.ReadGate;
import io.tributary.logging.LogText;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MBean of back-pressure: whether Kafka is read, and if not, why. Safe for several threads. */
@ManagedResource(description = "Back-pressure: decides whether Kafka is read")
public final class ManagedReadGate {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedReadGate.class);
  private static final int LONGEST_NAME = 100;

  private final ReadGate gate;
  private final Settings settings;

  public ManagedReadGate(ReadGate gate, Settings settings) {
    this.gate = gate;
    this.settings = settings;
  }

  @ManagedAttribute(description = "Whether records are read from Kafka at present")
  public boolean isReading() {
    return gate.isOpen();
  }

  @ManagedAttribute(description = "Why no records are read; empty when they are")
  public String getReason() {
    String reason = gate.reason();
    return reason == null ? "" : reason;
  }

  @ManagedAttribute(description = "Undelivered batches at which reading pauses by itself")
  public int getMaxPendingBatches() {
    return settings.whole(Setting.MERGE_MAX_PENDING_BATCHES);
  }

  @ManagedAttribute(description = "Who has paused the intake; empty when nobody has")
  public String getPausedBy() {
    ReadGate.Pause pause = gate.pause();
    return pause == null ? "" : pause.by();
  }

  @ManagedAttribute(description = "Since when the intake is paused, in UTC; empty when it is not")
  public String getPausedSince() {
    ReadGate.Pause pause = gate.pause();
    return pause == null ? "" : pause.since().toString();
  }

  /** Takes effect with the next poll, within a second; the consumer group stays as it is. */
  @ManagedOperation(
      description =
          "Reads nothing more from Kafka until resumeIntake or a restart; what is stored is "
              + "delivered. The parameter is your name, for whoever looks at it later")
  public void pauseIntake(@Nullable String who) {
    String by = who == null || who.isBlank() ? "an operator" : LogText.oneLine(who, LONGEST_NAME);
    gate.pause(by);
    LOG.info("Intake {}", gate.pause());
  }

  @ManagedOperation(
      description =
          "Ends what pauseIntake began, and says whether there was a pause. Reading goes on as "
              + "soon as nothing else is in its way")
  public boolean resumeIntake() {
    boolean wasPaused = gate.resume();
    if (wasPaused) {
      LOG.info("Intake resumed by an operator");
    }
    return wasPaused;
  }
}
