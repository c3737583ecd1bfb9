package io.tributary.tracing;

import static io.opentelemetry.api.common.AttributeKey.stringKey;

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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Sends a span for each batch over OTLP, as the variables {@code OTEL_*} say: from the batch's
 * completion until it is settled. It is in the trace of the batch's first record that has one, and
 * links to those of the others. While it is off, no class of OpenTelemetry's SDK is loaded. Safe
 * for several threads, though batches are delivered one at a time.
 */
public final class Tracing implements AutoCloseable {
  private static final int FLUSH_SECONDS = 2;

  /** W3C Trace Context, version 00. */
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private final @Nullable Tracer tracer;
  private final Runnable shutdown;

  /** Of the one batch that is being delivered. */
  private @Nullable Span current;

  private long number;

  private Tracing(@Nullable Tracer tracer, Runnable shutdown) {
    this.tracer = tracer;
    this.shutdown = shutdown;
  }

  public static Tracing off() {
    return new Tracing(null, () -> {});
  }

  /**
   * As the settings say.
   *
   * @throws SettingException when one of {@code OTEL_*} cannot be used
   */
  public static Tracing of(Settings settings) {
    if (!settings.is(Setting.TRACING, "otlp")) {
      return off();
    }
    return Sdk.tracing(settings);
  }

  /** The trace that a producer put a record into; null when there is none that can be used. */
  public static @Nullable String parent(@Nullable Headers headers) {
    Header header = headers == null ? null : headers.lastHeader("traceparent");
    byte[] value = header == null ? null : header.value();
    if (value == null || value.length > 100) {
      return null;
    }
    String text = new String(value, StandardCharsets.US_ASCII);
    return TRACEPARENT.matcher(text).matches() ? text : null;
  }

  /**
   * The value of the header {@code traceparent} for an attempt, with the span of the batch, which
   * begins with the first attempt; null when nothing is traced, or what is sent is no batch.
   */
  public synchronized @Nullable String traceparent(@Nullable Batch batch) {
    if (tracer == null || batch == null) {
      return null;
    }
    Span span = spanOf(batch);
    if (span == null) {
      end("another batch came first");
      span = begin(tracer, batch);
      current = span;
      number = batch.number();
    }
    SpanContext context = span.getSpanContext();
    return context.isValid()
        ? "00-%s-%s-%s"
            .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex())
        : null;
  }

  /** The API has answered an attempt with a status, or not at all: {@code none}. */
  public synchronized void attempted(Batch batch, String status) {
    Span span = spanOf(batch);
    if (span != null) {
      span.addEvent("attempt", Attributes.of(stringKey("tributary.status"), status));
      span.setAttribute("tributary.status", status);
    }
  }

  /** The batch needs no more attempts: the API has taken it, or it is a dead letter. */
  public synchronized void settled(Batch batch, boolean taken) {
    if (spanOf(batch) != null) {
      end(taken ? null : "refused by the API");
    }
  }

  /** Sends what is left, but keeps no stop waiting for a collector that is away. */
  @Override
  public void close() {
    synchronized (this) {
      end("stopped before it was settled");
    }
    shutdown.run();
  }

  private @Nullable Span spanOf(Batch batch) {
    return number == batch.number() ? current : null;
  }

  private void end(@Nullable String failure) {
    Span span = current;
    current = null;
    if (span != null && failure != null) {
      span.setStatus(StatusCode.ERROR, failure);
    }
    if (span != null) {
      span.end();
    }
  }

  private static Span begin(Tracer tracer, Batch batch) {
    List<String> traces = batch.traces();
    SpanBuilder span =
        tracer
            .spanBuilder("POST batch")
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(completedAt(batch), TimeUnit.MILLISECONDS)
            .setAttribute("http.request.method", "POST")
            .setAttribute("tributary.event.id", batch.eventId())
            .setAttribute("tributary.records", batch.records())
            .setAttribute("messaging.batch.message_count", batch.messages());
    if (traces.isEmpty()) {
      span.setNoParent();
    } else {
      span.setParent(Context.root().with(Span.wrap(remote(traces.get(0)))));
      traces.stream().skip(1).map(Tracing::remote).forEach(span::addLink);
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

  /** Camel looks at the methods of a bean, and would load what is in their signatures. */
  private static final class Sdk {
    static Tracing tracing(Settings settings) {
      Map<String, String> defaults =
          Map.of(
              "otel.service.name", settings.text(Setting.SERVICE_NAME),
              "otel.exporter.otlp.protocol", "http/protobuf",
              "otel.metrics.exporter", "none",
              "otel.logs.exporter", "none");
      Resource version =
          Resource.create(
              Attributes.of(stringKey("service.version"), settings.text(Setting.SERVICE_VERSION)));
      try {
        OpenTelemetrySdk sdk =
            AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> defaults)
                .addResourceCustomizer((said, config) -> version.merge(said))
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(
            sdk.getTracer("io.tributary"),
            () -> sdk.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS));
      } catch (RuntimeException e) {
        String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
        throw new SettingException(Setting.TRACING, "otlp", LogText.urlsIn(e.getMessage() + cause));
      }
    }
  }
}
