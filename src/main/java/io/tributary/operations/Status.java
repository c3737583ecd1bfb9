package io.tributary.operations;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.batch.Batch;
import io.tributary.batch.Limits;
import io.tributary.delivery.ApiState;
import io.tributary.delivery.RecentBatches;
import io.tributary.event.Outcome;
import io.tributary.intake.ConsumerStates;
import io.tributary.intake.ReadGate;
import io.tributary.intake.StreamCondition;
import io.tributary.merge.BatchLimits;
import io.tributary.merge.OpenBatch;
import io.tributary.merge.Sections;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/**
 * The state as it is, in JSON for the status page: times in milliseconds since the epoch, counts
 * since the start. It holds no payload and no credentials. Safe for several threads.
 */
public record Status(
    CamelContext context,
    Settings settings,
    Sections sections,
    ConsumerStates consumers,
    ReadGate gate,
    BatchLimits limits,
    OpenBatch openBatch,
    Store store,
    Ledger ledger,
    ApiState api,
    RecentBatches recent,
    Clock clock) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The state, which the route writes. */
  public ObjectNode report() {
    ObjectNode status =
        JSON.createObjectNode()
            .put("name", settings.text(Setting.SERVICE_NAME))
            .put("version", settings.text(Setting.SERVICE_VERSION))
            .put("now", clock.millis());
    ReadGate.Pause pause = gate.pause();
    status
        .putObject("intake")
        .put("reading", gate.isOpen())
        .put("pausedBy", pause == null ? null : pause.by())
        .put("pausedSince", pause == null ? null : pause.since().toEpochMilli());
    ArrayNode streams = status.putArray("streams");
    sections.consumers().forEach((topic, expected) -> stream(topic, expected, streams.addObject()));
    open(status.putObject("open"));
    List<Batch> pending = store.pending();
    status
        .putObject("pending")
        .put("batches", pending.size())
        .put("maxBatches", settings.whole(Setting.MERGE_MAX_PENDING_BATCHES))
        .put("messages", pending.stream().mapToLong(Batch::unsettledMessages).sum());
    ApiState.Answer last = api.last();
    status
        .putObject("api")
        // It is without user information and query: the settings take no other.
        .put("url", settings.url(Setting.ANALYTICS_API_BASE_URL).toString())
        .put("state", last.kind().name())
        .put("detail", last.detail())
        .put("since", last.since().toEpochMilli());
    ArrayNode readiness = status.putArray("readiness");
    for (HealthCheck.Result check : HealthCheckHelper.invokeReadiness(context)) {
      readiness
          .addObject()
          .put("name", check.getCheck().getId())
          .put("up", check.getState() == HealthCheck.State.UP)
          .put("message", check.getMessage().orElse(""));
    }
    status.set("batches", JSON.valueToTree(recent.newestFirst()));
    return status;
  }

  private void stream(String topic, int expected, ObjectNode stream) {
    StreamCondition condition = consumers.of(topic, expected);
    stream
        .put("topic", topic)
        .put("state", condition.kind().name())
        .put("detail", condition.detail())
        .put("since", condition.since().toEpochMilli())
        .put("merged", ledger.count(topic, Outcome.MERGED))
        .put("duplicateIds", ledger.count(topic, Outcome.DUPLICATE_ID))
        .put("duplicateContents", ledger.count(topic, Outcome.DUPLICATE_CONTENT))
        .put("deadLetters", ledger.count(topic, Outcome.DEAD_LETTER));
  }

  private void open(ObjectNode open) {
    Limits most = limits.now();
    long window = openBatch.windowMillis();
    Batch found = store.open();
    Batch batch = found == null || found.messages() == 0 ? null : found;
    open.put("messages", batch == null ? 0 : batch.messages())
        .put("maxMessages", most.maxMessages())
        .put("bytes", batch == null ? 0 : batch.payloadBytes())
        .put("maxBytes", most.maxPayloadBytes())
        .put("windowMillis", window);
    // The page tells by it that none is open.
    open.putNull("leftMillis");
    if (batch != null) {
      long left = batch.openedAt() + window - clock.millis();
      open.put("leftMillis", Math.max(0, Math.min(window, left)));
    }
    open.set("records", JSON.valueToTree(batch == null ? Map.of() : RecentBatches.records(batch)));
  }
}
