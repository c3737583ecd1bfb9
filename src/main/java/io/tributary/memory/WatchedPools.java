package io.tributary.memory;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.util.concurrent.RejectableScheduledThreadPoolExecutor;
import org.apache.camel.util.concurrent.RejectableThreadPoolExecutor;
import org.apache.camel.util.concurrent.SizedScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Camel's pools: what a task throws is kept in its future, which nobody asks. */
final class WatchedPools extends DefaultThreadPoolFactory {
  private final Consumer<Throwable> failures;

  /**
   * @param failures gets what a task throws, in the task's thread
   */
  WatchedPools(Consumer<Throwable> failures) {
    this.failures = failures;
  }

  @Override
  public ExecutorService newThreadPool(
      int corePoolSize,
      int maxPoolSize,
      long keepAliveTime,
      TimeUnit timeUnit,
      int maxQueueSize,
      boolean allowCoreThreadTimeOut,
      @Nullable RejectedExecutionHandler rejected,
      ThreadFactory threads) {
    ThreadPoolExecutor pool =
        (ThreadPoolExecutor)
            super.newThreadPool(
                corePoolSize,
                maxPoolSize,
                keepAliveTime,
                timeUnit,
                maxQueueSize,
                allowCoreThreadTimeOut,
                rejected,
                threads);
    ThreadPoolExecutor watched =
        new Pool(
            pool.getCorePoolSize(),
            pool.getMaximumPoolSize(),
            keepAliveTime,
            timeUnit,
            pool.getQueue());
    watched.setThreadFactory(threads);
    watched.allowCoreThreadTimeOut(allowCoreThreadTimeOut);
    watched.setRejectedExecutionHandler(pool.getRejectedExecutionHandler());
    return watched;
  }

  @Override
  public ScheduledExecutorService newScheduledThreadPool(
      ThreadPoolProfile profile, ThreadFactory threads) {
    RejectedExecutionHandler rejected = profile.getRejectedExecutionHandler();
    ScheduledPool pool =
        new ScheduledPool(
            profile.getPoolSize(),
            threads,
            rejected == null ? new ThreadPoolExecutor.CallerRunsPolicy() : rejected);
    pool.setRemoveOnCancelPolicy(true);
    return profile.getMaxPoolSize() > 0
        ? new SizedScheduledExecutorService(pool, profile.getMaxQueueSize())
        : pool;
  }

  private void look(Runnable done, @Nullable Throwable thrown) {
    if (thrown != null) {
      failures.accept(thrown);
    }
    if (done instanceof Future<?> task && task.isDone()) {
      try {
        task.get();
      } catch (ExecutionException e) {
        failures.accept(e);
      } catch (CancellationException stopped) {
        // it threw nothing
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Pool extends RejectableThreadPoolExecutor {
    Pool(int core, int max, long keepAlive, TimeUnit unit, BlockingQueue<Runnable> queue) {
      super(core, max, keepAlive, unit, queue);
    }

    @Override
    protected void afterExecute(Runnable done, @Nullable Throwable thrown) {
      look(done, thrown);
    }
  }

  private final class ScheduledPool extends RejectableScheduledThreadPoolExecutor {
    ScheduledPool(int size, ThreadFactory threads, RejectedExecutionHandler rejected) {
      super(size, threads, rejected);
    }

    @Override
    protected void afterExecute(Runnable done, @Nullable Throwable thrown) {
      look(done, thrown);
    }
  }
}
