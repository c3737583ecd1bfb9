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
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Ends a call that takes too long: fetching a token, connecting, a second try with a new token, and
 * the answer up to the last byte that is read, all together. Safe for several threads.
 */
final class TimeLimit implements ExecChainHandler {
  private static final String CUT = TimeLimit.class.getName();

  private final Duration timeout;
  private final ScheduledExecutorService clock;
  private final Timer duration;

  /**
   * @param timeout limit of one call
   * @param clock cuts off calls that take longer
   * @param duration measures the calls
   */
  TimeLimit(Duration timeout, ScheduledExecutorService clock, Timer duration) {
    this.timeout = timeout;
    this.clock = clock;
    this.duration = duration;
  }

  /** What ends the call that has this context. */
  static Cut cutOf(HttpContext context) {
    return (Cut) context.getAttribute(CUT);
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    long begin = System.nanoTime();
    Cut cut = Cut.after(timeout);
    cut.ends(() -> cancel(scope));
    scope.clientContext.setAttribute(CUT, cut);
    ScheduledFuture<?> end = clock.schedule(cut::now, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return chain.proceed(request, scope);
    } catch (TokenException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (cut.isLate()) {
        SocketTimeoutException cutOff =
            new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
        cutOff.initCause(e);
        throw cutOff;
      }
      throw e;
    } finally {
      end.cancel(false);
      duration.record(Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  /** The connection, if there is one now, and else whatever would get one. */
  private static boolean cancel(ExecChain.Scope scope) {
    scope.execRuntime.discardEndpoint();
    return scope.originalRequest instanceof Cancellable request && request.cancel();
  }
}
