package io.tributary.operations;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import io.tributary.batch.Batch;
import io.tributary.intake.ReadGate;
import io.tributary.logging.LogText;
import io.tributary.merge.MergeRepository;
import io.tributary.store.Store;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.processor.aggregate.AggregateController;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.OnCamelContextStarting;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The MBean of the intake, the open batch and the pending ones. Safe for several threads. */
@ManagedResource(description = "The intake, the open batch and the batches that are pending")
public final class ManagedTributary {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedTributary.class);

  private final Store store;
  private final ReadGate gate;
  private final AggregateController aggregator;

  /**
   * @param aggregator completes a batch as the end of its window does
   */
  public ManagedTributary(Store store, ReadGate gate, AggregateController aggregator) {
    this.store = store;
    this.gate = gate;
    this.aggregator = aggregator;
  }

  @ManagedAttribute(description = "Whether records are read from Kafka at present")
  public boolean isReading() {
    return gate.isOpen();
  }

  @ManagedAttribute(description = "Why no records are read; empty when they are")
  public String getReason() {
    return Objects.requireNonNullElse(gate.reason(), "");
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
  public List<Map<String, Object>> listPendingBatches() {
    return store.pending().stream()
        .flatMap(batch -> batch.unsettled().stream())
        .map(ManagedTributary::row)
        .toList();
  }

  private static Map<String, Object> row(Batch batch) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("number", batch.number());
    row.put("eventId", String.valueOf(batch.eventId()));
    row.put("messages", batch.messages());
    row.put("records", batch.countsText());
    row.put("bytes", batch.payloadBytes());
    row.put("completed", batch.completion() == null ? "" : batch.completion().timestamp());
    return row;
  }

  /** Takes effect with the next poll, within a second; the consumer group stays as it is. */
  @ManagedOperation(
      description =
          "Reads nothing more from Kafka until resumeIntake or a restart; what is stored is "
              + "delivered. The parameter is your name, for whoever looks at it later")
  public void pauseIntake(@Nullable String who) {
    String by = who == null || who.isBlank() ? "an operator" : LogText.oneLine(who, 100);
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

  /** Registers an MBean beside Camel's when the context starts; it ends with the context. */
  public void register(CamelContext context) {
    OnCamelContextStarting register =
        starting -> {
          ManagementAgent agent = context.getManagementStrategy().getManagementAgent();
          if (agent == null) {
            return; // JMX is switched off
          }
          try {
            String place = "%s:context=%s,type=tributary,name=Tributary";
            String domain = agent.getMBeanObjectDomainName();
            agent.register(
                this, new ObjectName(place.formatted(domain, context.getManagementName())));
          } catch (JMException e) {
            throw new IllegalStateException("The MBean cannot be registered", e);
          }
        };
    context.addLifecycleStrategy(adapt(register));
  }
}
