package io.tributary.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tributary.batch.Batch;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.store.Store;
import java.util.List;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.spi.Registry;

/** The registry of all meters, and those that look at the state as it is. */
public final class Meters {
  private Meters() {}

  /** Camel's own registry, if it has made it already, or the one that Camel will find. */
  public static MeterRegistry of(Registry beans) {
    String name = MicrometerConstants.METRICS_REGISTRY_NAME;
    MeterRegistry found = beans.lookupByNameAndType(name, MeterRegistry.class);
    if (found != null) {
      return found;
    }
    MeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    beans.bind(name, made);
    return made;
  }

  /**
   * Registers those of the JVM and the process, which Camel would find only after it has read an
   * index of all of Micrometer's; the end of what it returns is the end of their listening.
   */
  public static JvmGcMetrics showProcess(MeterRegistry meters) {
    JvmGcMetrics garbageCollection = new JvmGcMetrics();
    List.of(
            new JvmMemoryMetrics(),
            garbageCollection,
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new UptimeMetrics())
        .forEach(binder -> binder.bindTo(meters));
    return garbageCollection;
  }

  /** Registers what is in the store and in the memories of duplicates. */
  public static void show(
      MeterRegistry meters, Store store, SeenIds seenIds, SeenContents seenContents) {
    Gauge.builder("tributary.store.wal.bytes", store, Store::walBytes)
        .description("Length of the store's log of changes")
        .register(meters);
    Gauge.builder("tributary.open.batch.messages", store, Meters::openMessages)
        .description("Messages in the open batch")
        .register(meters);
    Gauge.builder("tributary.pending.batches", store, Store::pendingCount)
        .description("Completed batches that are not yet delivered")
        .register(meters);
    Gauge.builder("tributary.dedupe.entries", seenIds, SeenIds::count)
        .description("Keys remembered")
        .tag("cache", "ids")
        .register(meters);
    Gauge.builder("tributary.dedupe.entries", seenContents, SeenContents::count)
        .description("Keys remembered")
        .tag("cache", "contents")
        .register(meters);
  }

  private static int openMessages(Store store) {
    Batch open = store.open();
    return open == null ? 0 : open.messages();
  }
}
