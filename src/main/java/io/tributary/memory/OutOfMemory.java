package io.tributary.memory;

import io.tributary.logging.Causes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
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
    context.getExecutorServiceManager().setThreadPoolFactory(new WatchedPools());
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

  /** Camel's pools: what a task throws is kept in its future, which nobody asks. */
  private static final class WatchedPools extends DefaultThreadPoolFactory {
    @Override
    public ExecutorService newThreadPool(
        int corePoolSize,
        int maxPoolSize,
        long keepAliveTime,
        TimeUnit unit,
        int maxQueueSize,
        boolean coreTimeOut,
        @Nullable RejectedExecutionHandler rejected,
        ThreadFactory threads) {
      return watched(
          ExecutorService.class,
          super.newThreadPool(
              corePoolSize,
              maxPoolSize,
              keepAliveTime,
              unit,
              maxQueueSize,
              coreTimeOut,
              rejected,
              threads));
    }

    @Override
    public ScheduledExecutorService newScheduledThreadPool(
        ThreadPoolProfile profile, ThreadFactory threads) {
      return watched(
          ScheduledExecutorService.class, super.newScheduledThreadPool(profile, threads));
    }

    /** Each method that takes a task takes it first. */
    private static <T extends ExecutorService> T watched(Class<T> type, T pool) {
      return type.cast(
          Proxy.newProxyInstance(
              WatchedPools.class.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                if (arguments != null && arguments[0] instanceof Runnable task) {
                  arguments[0] = watched(task);
                } else if (arguments != null && arguments[0] instanceof Callable<?> task) {
                  arguments[0] = watched(task);
                }
                try {
                  return method.invoke(pool, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }

    private static Runnable watched(Runnable task) {
      return () -> {
        try {
          task.run();
        } catch (RuntimeException | Error e) {
          endIfAmong(e);
          throw e;
        }
      };
    }

    private static <T> Callable<T> watched(Callable<T> task) {
      return () -> {
        try {
          return task.call();
        } catch (Exception | Error e) {
          endIfAmong(e);
          throw e;
        }
      };
    }
  }
}
