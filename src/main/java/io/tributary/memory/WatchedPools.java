package io.tributary.memory;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.jspecify.annotations.Nullable;

/** Camel's pools: what a task throws is kept in its future, which nobody asks. */
final class WatchedPools extends DefaultThreadPoolFactory {
  private WatchedPools() {}

  static WatchedPools make() {
    return new WatchedPools();
  }

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
    return watched(ScheduledExecutorService.class, super.newScheduledThreadPool(profile, threads));
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
        OutOfMemory.endIfAmong(e);
        throw e;
      }
    };
  }
}
