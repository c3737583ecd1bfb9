package io.tributary.tracing;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import io.tributary.support.Kafka;
import io.tributary.support.OtlpCollector;
import io.tributary.support.OtlpCollector.SpanReceived;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Answer;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.List;
import java.util.Set;
import org.apache.camel.processor.aggregate.AggregateController;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One trace from a Kafka record to the POST, with a collector that takes real OTLP. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TracingTest {
  private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
  private static final String DELAY = "otel.bsp.schedule.delay";
  private static final String TRACE_1 = "11111111111111111111111111111111";
  private static final String TRACE_2 = "22222222222222222222222222222222";
  private static final String SPAN_1 = "1111111111111111";
  private static final String SPAN_2 = "2222222222222222";

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final OtlpCollector collector = new OtlpCollector();

  @BeforeEach
  void exportToTheCollector() {
    System.setProperty(ENDPOINT, collector.url());
    System.setProperty(DELAY, "100");
  }

  @AfterEach
  void close() {
    System.clearProperty(ENDPOINT);
    System.clearProperty(DELAY);
    collector.close();
    api.close();
  }

  @Test
  void batch_isInTheTraceOfItsFirstRecordAndLinksToTheOthers() throws Exception {
    // Given an API that takes the second attempt
    api.answering((attempt, number) -> Answer.status(number == 1 ? 503 : 200));
    try (RunningTributary running = tributary("otlp").start()) {

      // When
      sendBoth(running);
      await().until(() -> collector.spans().size() == 1);
    }

    // Then
    SpanReceived span = collector.spans().get(0);
    assertEquals("POST batch", span.name());
    assertEquals(TRACE_1, span.traceId());
    assertEquals(SPAN_1, span.parentId());
    assertEquals(Set.of(TRACE_2), span.links());
    assertEquals(List.of("attempt", "attempt"), span.events());
    assertFalse(span.failed());
    String traceparent = "00-" + TRACE_1 + "-" + span.spanId() + "-01";
    assertEquals(List.of(traceparent, traceparent), traceparents());
  }

  @Test
  void traceOfABatch_outlivesARestart() throws Exception {
    // Given a batch that is completed, but not delivered before the stop
    api.answering((attempt, number) -> Answer.status(503));
    try (RunningTributary running = tributary("otlp").start()) {
      sendBoth(running);
      await().until(() -> !api.attempts().isEmpty());
    }
    await().until(() -> collector.spans().size() == 1);

    // When
    api.answering((attempt, number) -> Answer.status(200));
    try (RunningTributary again = tributary("otlp").start()) {
      await().until(() -> collector.spans().size() == 2);
    }

    // Then
    assertTrue(collector.spans().get(0).failed());
    SpanReceived span = collector.spans().get(1);
    assertEquals(TRACE_1, span.traceId());
    assertEquals(SPAN_1, span.parentId());
    assertEquals(Set.of(TRACE_2), span.links());
    assertFalse(span.failed());
    List<String> traceparents = traceparents();
    assertEquals(
        "00-" + TRACE_1 + "-" + span.spanId() + "-01", traceparents.get(traceparents.size() - 1));
  }

  @Test
  void refusedBatchOfRecordsWithoutATrace_beginsOneThatHasFailed() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(422));
    try (RunningTributary running = tributary("otlp").start()) {

      // When
      send(running, record(customers, "m1", "00-not-a-trace-01"), 1);
      complete(running);
      await().until(() -> collector.spans().size() == 1);
    }

    // Then the flags say that the trace is sampled, and that its ID is random
    SpanReceived span = collector.spans().get(0);
    assertEquals("", span.parentId());
    assertTrue(span.failed());
    assertEquals(List.of("00-" + span.traceId() + "-" + span.spanId() + "-03"), traceparents());
  }

  @Test
  void off_nothingGoesOutAndNothingIsStored() throws Exception {
    // Given
    api.answering((attempt, number) -> Answer.status(503));
    try (RunningTributary running = tributary("off").start()) {

      // When
      sendBoth(running);
      await().until(() -> !api.attempts().isEmpty());

      // Then
      Store store = running.store();
      assertEquals(List.of(), store.pending().get(0).traces());
    }
    assertTrue(api.attempts().stream().noneMatch(a -> a.headers().containsKey("Traceparent")));
    assertEquals(List.of(), collector.spans());
  }

  @Test
  void collectorThatIsAway_holdsUpNeitherDeliveryNorStop() throws Exception {
    // Given
    collector.close();
    RunningTributary running = tributary("otlp").start();
    // When
    sendBoth(running);

    // Then
    await().until(() -> api.applied().size() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "otel.exporter.otlp.endpoint, nowhere, must be a valid URL: nowhere",
    "otel.exporter.otlp.protocol, grpc, No GrpcSenderProvider found"
  })
  void optionThatCannotBeUsed_refusesTheSetting(String option, String value, String reason) {
    // Given
    System.setProperty(option, value);
    try {
      // When
      SettingException refusal =
          assertThrows(
              SettingException.class,
              () -> Tracing.of(Settings.from(s -> s == Setting.TRACING ? "otlp" : null)));

      // Then
      assertTrue(refusal.getMessage().contains("TRACING='otlp'"), refusal.getMessage());
      assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    } finally {
      System.clearProperty(option);
    }
  }

  private RunningTributary.Builder tributary(String tracing) {
    return rig.tributary()
        .set(Setting.RETRY_BACKOFF_BASE, "0.2")
        .set(Setting.MERGE_FLUSH_INTERVAL, "60")
        .set(Setting.TRACING, tracing);
  }

  /** One batch: the first topic's record is stored before the second topic's is sent. */
  private void sendBoth(RunningTributary running) throws Exception {
    send(running, record(customers, "m1", "00-" + TRACE_1 + "-" + SPAN_1 + "-01"), 1);
    send(running, record(products, "m2", "00-" + TRACE_2 + "-" + SPAN_2 + "-01"), 2);
    complete(running);
  }

  private static void send(
      RunningTributary running, ProducerRecord<byte[], byte[]> record, int messages) {
    Store store = running.store();
    Kafka.send(List.of(record));
    await().until(() -> store.open() != null && store.open().messages() == messages);
  }

  private static void complete(RunningTributary running) throws Exception {
    running.bean("mergeControl", AggregateController.class).forceCompletionOfGroup("batch");
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String id, String trace) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, message(id, "{\"id\":\"" + id + "\"}"));
    record.headers().add("traceparent", trace.getBytes(UTF_8));
    return record;
  }

  private List<String> traceparents() {
    return api.attempts().stream()
        .map(attempt -> attempt.headers().get("Traceparent"))
        .peek(values -> assertNotNull(values))
        .map(values -> String.join(",", values))
        .toList();
  }
}
