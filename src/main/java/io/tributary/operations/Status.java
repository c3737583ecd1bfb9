package io.tributary.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tributary.batch.Batch;
import io.tributary.batch.Batch.SectionCount;
import io.tributary.batch.Limits;
import io.tributary.delivery.ApiState;
import io.tributary.delivery.RecentBatches;
import io.tributary.delivery.SettledBatch;
import io.tributary.event.Outcome;
import io.tributary.intake.ConsumerStates;
import io.tributary.intake.ReadGate;
import io.tributary.intake.StreamCondition;
import io.tributary.merge.BatchLimits;
import io.tributary.merge.Sections;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.jspecify.annotations.Nullable;

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
    Store store,
    Ledger ledger,
    ApiState api,
    RecentBatches recent,
    Clock clock) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private record Document(
      String name,
      String version,
      long now,
      Intake intake,
      List<Stream> streams,
      Open open,
      Pending pending,
      Api api,
      List<Check> readiness,
      List<Settled> batches) {}

  private record Intake(boolean reading, @Nullable String pausedBy, @Nullable Long pausedSince) {}

  private record Stream(
      String topic,
      String state,
      String detail,
      long since,
      long merged,
      long duplicateIds,
      long duplicateContents,
      long deadLetters) {}

  private record Open(
      int messages,
      int maxMessages,
      long bytes,
      long maxBytes,
      @Nullable Long leftMillis,
      long windowMillis,
      Map<String, Integer> records) {}

  private record Pending(int batches, int maxBatches, long messages) {}

  private record Api(String url, String state, String detail, long since) {}

  private record Check(String name, boolean up, String message) {}

  private record Settled(
      String eventId,
      boolean taken,
      Map<String, Integer> records,
      int messages,
      long at,
      long seconds) {}

  /** The state, as one JSON object. */
  public byte[] json() throws JsonProcessingException {
    long now = clock.millis();
    return JSON.writeValueAsBytes(
        new Document(
            settings.text(Setting.SERVICE_NAME),
            settings.text(Setting.SERVICE_VERSION),
            now,
            intake(),
            sections.consumers().entrySet().stream().map(this::stream).toList(),
            open(now),
            pending(),
            calls(),
            HealthCheckHelper.invokeReadiness(context).stream().map(Status::check).toList(),
            recent.newestFirst().stream().map(Status::settled).toList()));
  }

  private Intake intake() {
    ReadGate.Pause pause = gate.pause();
    return pause == null
        ? new Intake(gate.isOpen(), null, null)
        : new Intake(false, pause.by(), pause.since().toEpochMilli());
  }

  private Stream stream(Map.Entry<String, Integer> expected) {
    String topic = expected.getKey();
    StreamCondition condition = consumers.of(topic, expected.getValue());
    return new Stream(
        topic,
        condition.kind().name(),
        condition.detail(),
        condition.since().toEpochMilli(),
        ledger.count(topic, Outcome.MERGED),
        ledger.count(topic, Outcome.DUPLICATE_ID),
        ledger.count(topic, Outcome.DUPLICATE_CONTENT),
        ledger.count(topic, Outcome.DEAD_LETTER));
  }

  private Open open(long now) {
    Limits most = limits.now();
    long window = settings.seconds(Setting.MERGE_FLUSH_INTERVAL).toMillis();
    Batch batch = store.open();
    if (batch == null || batch.messages() == 0) {
      return new Open(0, most.maxMessages(), 0, most.maxPayloadBytes(), null, window, Map.of());
    }
    long left = Math.max(0, Math.min(window, batch.openedAt() + window - now));
    return new Open(
        batch.messages(),
        most.maxMessages(),
        batch.payloadBytes(),
        most.maxPayloadBytes(),
        left,
        window,
        records(batch.counts()));
  }

  private Pending pending() {
    List<Batch> batches = store.pending();
    return new Pending(
        batches.size(),
        settings.whole(Setting.MERGE_MAX_PENDING_BATCHES),
        batches.stream().mapToLong(Batch::unsettledMessages).sum());
  }

  /** The URL is one without user information or query: the settings take no other. */
  private Api calls() {
    ApiState.Answer last = api.last();
    return new Api(
        settings.url(Setting.ANALYTICS_API_BASE_URL).toString(),
        last.kind().name(),
        last.detail(),
        last.since().toEpochMilli());
  }

  private static Check check(HealthCheck.Result result) {
    String message = result.getMessage().orElse("");
    return new Check(result.getCheck().getId(), result.getState() == HealthCheck.State.UP, message);
  }

  private static Settled settled(SettledBatch batch) {
    return new Settled(
        batch.eventId(),
        batch.taken(),
        records(batch.counts()),
        batch.messages(),
        batch.settledAt().toEpochMilli(),
        batch.seconds());
  }

  private static Map<String, Integer> records(List<SectionCount> counts) {
    Map<String, Integer> records = new LinkedHashMap<>();
    counts.forEach(count -> records.merge(count.section().name(), count.records(), Integer::sum));
    return records;
  }
}
