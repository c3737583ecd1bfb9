package io.tributary.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;

/** Threads that do the same at the same time. */
public final class EightThreads {
  private EightThreads() {}

  /** How often something was so, when each thread has asked for each number below a limit. */
  public static int count(int limit, IntPredicate question) throws Exception {
    CyclicBarrier together = new CyclicBarrier(8);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Integer>> counts = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      counts.add(
          threads.submit(
              () -> {
                int count = 0;
                for (int i = 0; i < limit; i++) {
                  together.await();
                  count += question.test(i) ? 1 : 0;
                }
                return count;
              }));
    }
    int all = 0;
    for (Future<Integer> count : counts) {
      all += count.get();
    }
    threads.shutdown();
    return all;
  }
}
