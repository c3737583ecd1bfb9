package io.tributary.demo;

import io.tributary.demo.SampleMessage.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds, on one line, what has gone in, what has come out, and what has not. */
final class DemoSummary implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.tributary.demo.summary");
  private static final URI METRICS =
      URI.create("http://localhost:" + DemoPorts.MANAGEMENT + "/observe/metrics");
  private static final int PERIOD_SECONDS = 10;

  private final SyncStatus produced;
  private final ReceivedBatches received;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "demo-summary");
            thread.setDaemon(true);
            return thread;
          });

  DemoSummary(SyncStatus produced, ReceivedBatches received) {
    this.produced = produced;
    this.received = received;
  }

  DemoSummary start() {
    Future<?> unused =
        timer.scheduleAtFixedRate(this::log, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return this;
  }

  /** Says it once more, and then no more. */
  @Override
  public void close() {
    timer.shutdownNow();
    log();
  }

  private void log() {
    try {
      LOG.info("{}", line(TributaryMetrics.read(client, METRICS)));
    } catch (IOException e) {
      LOG.warn("Tributary does not answer at {}: {}", METRICS, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String line(TributaryMetrics metrics) {
    return String.format(
        Locale.ROOT,
        "produced %d messages (%d resent, %d reordered, %d broken) -> "
            + "merged %d, duplicates skipped %d, dead letters %d -> "
            + "batches delivered %d, records at the API %d",
        produced.messages(),
        produced.count(Kind.RESENT),
        produced.count(Kind.REORDERED),
        produced.count(Kind.BROKEN),
        metrics.sum("tributary_events_total", "outcome=\"merged\""),
        metrics.sum("tributary_events_total", "outcome=\"duplicate_"),
        metrics.sum("tributary_events_total", "outcome=\"dead_letter\""),
        metrics.sum("tributary_batches_total", "outcome=\"delivered\""),
        received.records());
  }
}
