package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.metrics.Ledger;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.support.CamelContexts;
import io.tributary.support.Stores;
import io.tributary.tracing.Tracing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose fault a failed attempt is; the rest is in {@code DeliveryTest}. */
class DeliveryReportTest {
  private final ApiState api = new ApiState(Clock.systemUTC());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void connectionThatFails_countsAsTheApis(@TempDir Path folder) {
    // When
    report(folder, new IOException("connection refused"));

    // Then
    assertEquals(ApiState.Kind.UNAVAILABLE, api.last().kind());
    assertEquals(1, meters.counter("tributary.delivery.attempts", "status", "none").count());
  }

  @Test
  void redirect_isToldWithoutWhatMayBeSecretInIt(@TempDir Path folder) {
    // When
    report(
        folder,
        new HttpOperationFailedException(
            "http://a", 302, "Found", "http://login?ticket=s3cret", Map.of(), ""));

    // Then
    assertEquals("status 302 to http://login?***", api.last().detail());
  }

  @Test
  void batchThatCannotBeRead_isNoneOfTheApis(@TempDir Path folder) {
    // When
    report(folder, new StoreException("a fragment is gone"));

    // Then
    assertEquals(ApiState.Kind.UNKNOWN, api.last().kind());
    assertEquals(0, meters.counter("tributary.delivery.attempts", "status", "none").count());
  }

  private void report(Path folder, Exception failure) {
    Exchange exchange = new DefaultExchange(CamelContexts.notStarted());
    exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
    try (Store store = Stores.open(folder)) {
      new DeliveryReport(
              new Ledger(meters, store),
              api,
              new RecentBatches(Clock.systemUTC()),
              Tracing.off(),
              Clock.systemUTC())
          .process(exchange);
    }
  }
}
