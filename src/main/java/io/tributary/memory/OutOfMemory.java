package io.tributary.memory;

import io.tributary.logging.Causes;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process with its first {@link OutOfMemoryError}, as the JVM does with {@code
 * -XX:+ExitOnOutOfMemoryError}, which a jar cannot say. A process that goes on has lost a thread,
 * and may look well for ever. Such an error is thrown anywhere, and Camel and Kafka catch much of
 * what is thrown: so threads, pools, exchanges and what is logged are all watched.
 */
public final class OutOfMemory {
  /** The JVM's own for this. */
  public static final int STATUS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(OutOfMemory.class);

  /** Given back before the last line is written. */
  private static final AtomicReference<byte @Nullable []> RESERVE =
      new AtomicReference<>(new byte[1 << 20]);

  private OutOfMemory() {}

  /** Watches the threads that let go of it, and the log. */
  public static void watchThreads() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          endIfAmong(thrown);
          LOG.error("The thread {} has ended", thread.getName(), thrown);
        });
    ((LoggerContext) LogManager.getContext(OutOfMemory.class.getClassLoader(), false))
        .getConfiguration()
        .getRootLogger()
        .addFilter(new LoggedErrors());
  }

  /** Watches a context that is not started yet. */
  public static void watch(CamelContext context) {
    context.getExecutorServiceManager().setThreadPoolFactory(WatchedPools.make());
    context.getManagementStrategy().addEventNotifier(new FailedExchanges());
  }

  /** Ends the process if that is what was thrown, or why. */
  public static void endIfAmong(@Nullable Throwable thrown) {
    OutOfMemoryError error = thrown == null ? null : Causes.first(thrown, OutOfMemoryError.class);
    if (error != null) {
      RESERVE.set(null);
      EmergencyStop.end(
          STATUS,
          "{}; Tributary ends, and goes on with its next start. The heap has {} MB, see -Xmx",
          error,
          Runtime.getRuntime().maxMemory() >> 20);
    }
  }

  /** Kafka's threads catch it, and log it. */
  private static final class LoggedErrors extends AbstractFilter {
    @Override
    public Result filter(LogEvent event) {
      endIfAmong(event.getThrown());
      return Result.NEUTRAL;
    }
  }

  /** Camel catches what a route throws, and may try again for ever. */
  private static final class FailedExchanges extends EventNotifierSupport {
    FailedExchanges() {
      setupIgnore(true);
      setIgnoreExchangeEvents(false);
      setIgnoreExchangeFailedEvents(false);
      setIgnoreExchangeRedeliveryEvents(false);
    }

    @Override
    public void notify(CamelEvent event) {
      if (event instanceof ExchangeEvent of) {
        endIfAmong(of.getExchange().getException());
        endIfAmong(of.getExchange().getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
      }
    }
  }
}
