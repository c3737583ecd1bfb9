package io.tributary.delivery;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Sets up the HTTP client: one attempt a call, no redirects, no cookies, and one limit of time for
 * all of a call, from the connection to the last byte of the answer that is read. Of an answer's
 * body no more than {@link #ANSWER_BYTES} is read, and an answer whose head is longer than any is
 * taken as none: what the API says has a limit in memory. Safe for several threads.
 */
public final class ApiClient implements HttpClientConfigurer {
  /** Bytes of an answer's body that are read. */
  static final int ANSWER_BYTES = 64 * 1024;

  private static final Http1Config HEAD =
      Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(200).build();

  private final Duration timeout;
  private final ScheduledExecutorService clock;
  private final String userAgent;
  private final Timer duration;

  /**
   * @param timeout limit of one call
   * @param clock cuts off calls that take longer
   * @param duration measures the calls
   */
  public ApiClient(
      Duration timeout, ScheduledExecutorService clock, String userAgent, Timer duration) {
    this.timeout = timeout;
    this.clock = clock;
    this.userAgent = userAgent;
    this.duration = duration;
  }

  @Override
  public void configureHttpClient(HttpClientBuilder client) {
    client
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(
                    ManagedHttpClientConnectionFactory.builder().http1Config(HEAD).build())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build())
                .build())
        .setUserAgent(userAgent)
        .addExecInterceptorFirst("time-limit", new TimeLimit());
  }

  private final class TimeLimit implements ExecChainHandler {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
        throws IOException, HttpException {
      long begin = System.nanoTime();
      AtomicBoolean late = new AtomicBoolean();
      ScheduledFuture<?> cut =
          clock.schedule(
              () -> {
                late.set(true);
                scope.execRuntime.discardEndpoint();
              },
              timeout.toMillis(),
              TimeUnit.MILLISECONDS);
      try {
        return withShortBody(chain.proceed(request, scope));
      } catch (IOException e) {
        if (late.get()) {
          SocketTimeoutException cutOff =
              new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
          cutOff.initCause(e);
          throw cutOff;
        }
        throw e;
      } finally {
        cut.cancel(false);
        duration.record(Duration.ofNanos(System.nanoTime() - begin));
      }
    }

    private ClassicHttpResponse withShortBody(ClassicHttpResponse response) throws IOException {
      HttpEntity entity = response.getEntity();
      if (entity == null) {
        return response;
      }
      byte[] start;
      boolean whole;
      try (InputStream body = entity.getContent()) {
        start = body.readNBytes(ANSWER_BYTES);
        whole = body.read() < 0;
        if (!whole) {
          response.close();
        }
      }
      response.setEntity(
          new ByteArrayEntity(start, ContentType.parseLenient(entity.getContentType())));
      return response;
    }
  }
}
