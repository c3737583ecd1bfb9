package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.support.RecordingApi;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
  private static final Duration LIMIT = Duration.ofMillis(300);

  /** On a machine that is busy either of the two limits can be the first to notice. */
  @Test
  void timeIsUp_saysTheSameWhicheverLimitNoticedIt() throws Exception {
    // Given an API that hangs, and a clock that is late, so that the connection's limit is first
    CountDownLatch end = new CountDownLatch(1);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    clock.execute(() -> await(end));
    RequestConfig ownLimit =
        RequestConfig.custom().setResponseTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS).build();
    TimeLimit timeLimit = new TimeLimit(LIMIT, clock, new SimpleMeterRegistry().timer("calls"));
    try (RecordingApi api = new RecordingApi();
        CloseableHttpClient client =
            HttpClients.custom()
                .setDefaultRequestConfig(ownLimit)
                .addExecInterceptorFirst("time-limit", timeLimit)
                .build()) {
      api.answering(
          (attempt, number) -> {
            end.await();
            return RecordingApi.Answer.status(200);
          });
      try {
        // When
        IOException cut =
            assertThrows(
                IOException.class,
                () -> client.execute(new HttpPost(api.url()), answer -> answer.getCode()));

        // Then
        assertEquals("no answer within 300 ms", cut.getMessage());
      } finally {
        end.countDown();
      }
    } finally {
      clock.shutdownNow();
    }
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
