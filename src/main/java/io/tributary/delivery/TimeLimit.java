package io.tributary.delivery;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Ends a call that takes too long: fetching a token, connecting, a second try with a new token, and
 * the answer up to the last byte that is read, all together. What the call waits for at the time is
 * the dependency of its request, as HttpClient has it. Safe for several threads.
 *
 * @param timeout limit of one call
 * @param clock cuts off calls that take longer
 * @param duration measures the calls
 */
record TimeLimit(Duration timeout, ScheduledExecutorService clock, Timer duration)
    implements ExecChainHandler {

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    long begin = System.nanoTime();
    Cancellable call = (Cancellable) scope.originalRequest;
    ScheduledFuture<?> end = clock.schedule(call::cancel, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return chain.proceed(request, scope);
    } catch (NotCalledException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The connection's own limit can be the first to notice.
      if (System.nanoTime() - begin < timeout.toNanos()) {
        throw e;
      }
      SocketTimeoutException late =
          new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
      late.initCause(e);
      throw late;
    } finally {
      end.cancel(false);
      duration.record(Duration.ofNanos(System.nanoTime() - begin));
    }
  }
}
