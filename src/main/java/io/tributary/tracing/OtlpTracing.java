package io.tributary.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.tributary.batch.Batch;
import io.tributary.logging.LogText;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the spans over OTLP, as the variables {@code OTEL_*} say. The span of a batch is in the
 * trace of its first record that has one, and links to those of the others. Safe for several
 * threads, though batches are delivered one at a time.
 */
public final class OtlpTracing implements Tracing {
  private static final AttributeKey<String> STATUS = AttributeKey.stringKey("tributary.status");
  private static final AttributeKey<String> EVENT_ID = AttributeKey.stringKey("tributary.event.id");
  private static final AttributeKey<Long> RECORDS = AttributeKey.longKey("tributary.records");
  private static final AttributeKey<Long> MESSAGES =
      AttributeKey.longKey("messaging.batch.message_count");
  private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final int FLUSH_SECONDS = 2;

  private final OpenTelemetrySdk sdk;
  private final Tracer tracer;
  private @Nullable Delivery current;

  /** The one batch that is being delivered. */
  private record Delivery(long number, Span span) {}

  private OtlpTracing(OpenTelemetrySdk sdk, Tracer tracer) {
    this.sdk = sdk;
    this.tracer = tracer;
  }

  /**
   * Reads {@code OTEL_*}, and is ready to send.
   *
   * @throws SettingException when one of them cannot be used
   */
  public static OtlpTracing of(Settings settings) {
    Map<String, String> defaults =
        Map.of(
            "otel.service.name", settings.text(Setting.SERVICE_NAME),
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");
    Resource version =
        Resource.create(Attributes.of(VERSION, settings.text(Setting.SERVICE_VERSION)));
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesSupplier(() -> defaults)
              .addResourceCustomizer((said, config) -> version.merge(said))
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk();
      return new OtlpTracing(sdk, sdk.getTracer("io.tributary"));
    } catch (RuntimeException e) {
      String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
      throw new SettingException(Setting.TRACING, "otlp", LogText.urlsIn(e.getMessage() + cause));
    }
  }

  @Override
  public synchronized @Nullable String traceparent(@Nullable Batch batch) {
    if (batch == null) {
      return null;
    }
    Delivery delivery = current;
    if (delivery == null || delivery.number() != batch.number()) {
      end("another batch came first");
      delivery = new Delivery(batch.number(), begin(batch));
      current = delivery;
    }
    SpanContext context = delivery.span().getSpanContext();
    return context.isValid()
        ? "00-%s-%s-%s"
            .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex())
        : null;
  }

  @Override
  public synchronized void attempted(Batch batch, String status) {
    Delivery delivery = current;
    if (delivery != null && delivery.number() == batch.number()) {
      delivery.span().addEvent("attempt", Attributes.of(STATUS, status));
      delivery.span().setAttribute(STATUS, status);
    }
  }

  @Override
  public synchronized void settled(Batch batch, boolean taken) {
    Delivery delivery = current;
    if (delivery != null && delivery.number() == batch.number()) {
      end(taken ? null : "refused by the API");
    }
  }

  /** Sends what is left, but keeps no stop waiting for a collector that is away. */
  @Override
  public void close() {
    synchronized (this) {
      end("stopped before it was settled");
    }
    sdk.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
  }

  private void end(@Nullable String failure) {
    Delivery delivery = current;
    if (delivery == null) {
      return;
    }
    if (failure != null) {
      delivery.span().setStatus(StatusCode.ERROR, failure);
    }
    delivery.span().end();
    current = null;
  }

  private Span begin(Batch batch) {
    List<String> traces = batch.traces();
    SpanBuilder span =
        tracer
            .spanBuilder("POST batch")
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(completedAt(batch), TimeUnit.MILLISECONDS)
            .setAttribute(METHOD, "POST")
            .setAttribute(EVENT_ID, batch.eventId())
            .setAttribute(RECORDS, (long) batch.records())
            .setAttribute(MESSAGES, (long) batch.messages());
    if (traces.isEmpty()) {
      span.setNoParent();
    } else {
      span.setParent(Context.root().with(Span.wrap(remote(traces.get(0)))));
      traces.stream().skip(1).map(OtlpTracing::remote).forEach(span::addLink);
    }
    return span.startSpan();
  }

  /** To the millisecond where the second that is stored would be before the first message. */
  private static long completedAt(Batch batch) {
    Instant completed = batch.completedAt();
    return completed == null
        ? batch.openedAt()
        : Math.max(batch.openedAt(), completed.toEpochMilli());
  }

  private static SpanContext remote(String traceparent) {
    return SpanContext.createFromRemoteParent(
        traceparent.substring(3, 35),
        traceparent.substring(36, 52),
        TraceFlags.fromHex(traceparent, 53),
        TraceState.getDefault());
  }
}
