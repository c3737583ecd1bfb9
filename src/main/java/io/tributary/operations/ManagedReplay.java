package io.tributary.operations;

import io.tributary.replay.Replay;
import io.tributary.replay.ReplayFilter;
import io.tributary.replay.ReplayRun.Outcome;
import java.time.Duration;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.jspecify.annotations.Nullable;

/** The MBean that sends dead letters back. Safe for several threads. */
@ManagedResource(description = "Sends dead letters back to where they came from")
public final class ManagedReplay {
  private static final Duration WORTH_WAITING = Duration.ofSeconds(5);

  private final Replay replay;

  public ManagedReplay(Replay replay) {
    this.replay = replay;
  }

  @ManagedAttribute(description = "NONE, RUNNING, DONE, STOPPED or FAILED")
  public String getState() {
    return replay.run().state().name();
  }

  @ManagedAttribute(description = "Why the last replay could not go on; empty when it could")
  public String getMessage() {
    return replay.run().message();
  }

  @ManagedAttribute(description = "Dead letters that the filter let pass")
  public int getFound() {
    return replay.run().found();
  }

  @ManagedAttribute(description = "Dead letters that a dry run would have sent back")
  public int getToReplay() {
    return replay.run().count(Outcome.TO_REPLAY);
  }

  @ManagedAttribute(description = "Dead letters that were sent back")
  public int getReplayed() {
    return replay.run().count(Outcome.REPLAYED);
  }

  @ManagedAttribute(description = "Dead letters that an earlier replay had sent back")
  public int getAlreadyReplayed() {
    return replay.run().count(Outcome.ALREADY_REPLAYED);
  }

  @ManagedAttribute(description = "Records that could not be used now either")
  public int getUnusable() {
    return replay.run().count(Outcome.UNUSABLE);
  }

  @ManagedAttribute(description = "Batches that the API has refused again")
  public int getRefused() {
    return replay.run().count(Outcome.REFUSED);
  }

  @ManagedOperation(
      description =
          "Sends dead letters back: records to their topic, batches to the API. Parameters, each may "
              + "be empty: a reason; written not before and not after (2024-02-08T10:30:00Z); an event "
              + "id, message ID or topic-partition@offset; and whether only to list them. Waits 5 s "
              + "for its end, then it goes on by itself")
  public String replay(
      @Nullable String reason,
      @Nullable String from,
      @Nullable String to,
      @Nullable String id,
      boolean dryRun) {
    ReplayFilter filter = ReplayFilter.parse(reason, from, to, id);
    return replay.start(filter, dryRun, WORTH_WAITING).report();
  }

  @ManagedOperation(description = "The figures of the last replay, and a line for each dead letter")
  public String report() {
    return replay.run().report();
  }

  @ManagedOperation(description = "Stops the replay after the dead letter that it is at")
  public void stopReplay() {
    replay.stopRun();
  }
}
