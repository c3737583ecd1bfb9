package io.tributary.tracing;

import io.tributary.batch.Batch;
import org.jspecify.annotations.Nullable;

/** Does nothing: tracing is off, and no class of OpenTelemetry is loaded. */
public final class NoTracing implements Tracing {
  private NoTracing() {}

  public static Tracing off() {
    return new NoTracing();
  }

  @Override
  public @Nullable String traceparent(@Nullable Batch batch) {
    return null;
  }

  @Override
  public void attempted(Batch batch, String status) {}

  @Override
  public void settled(Batch batch, boolean taken) {}

  @Override
  public void close() {}
}
