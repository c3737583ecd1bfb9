package io.tributary.reliability;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Halts this JVM when a step is passed for the n-th time: no shutdown hook runs, and nothing is
 * flushed. Wraps the nodes of routes by itself; others call {@link #pass}. Safe for several
 * threads.
 */
final class Crash implements InterceptStrategy {
  /** The exit status by which a crash that was meant to be is known. */
  static final int STATUS = 99;

  /** Whether the step itself has been done. */
  enum Side {
    BEFORE,
    AFTER
  }

  private final AtomicInteger passes = new AtomicInteger();
  private final String step;
  private final Side side;
  private final int pass;
  private volatile boolean placed;

  Crash(String step, Side side, int pass) {
    this.step = step;
    this.side = side;
    this.pass = pass;
  }

  /** Whether there is such a step. */
  boolean isPlaced() {
    return placed;
  }

  /** Says that there is a step of this name. */
  void place(String candidate) {
    placed |= step.equals(candidate);
  }

  /** Says that a step is reached, or done. */
  void pass(String candidate, Side candidateSide) {
    if (step.equals(candidate) && side == candidateSide && passes.incrementAndGet() == pass) {
      Runtime.getRuntime().halt(STATUS);
    }
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode node, Processor target, Processor nextTarget) {
    String id = node.getId();
    place(id);
    return step.equals(id) ? new Passed(id, target) : target;
  }

  /** A node of a route; one that fails has not been done. */
  private final class Passed extends DelegateAsyncProcessor {
    private final String id;

    Passed(String id, Processor target) {
      super(target);
      this.id = id;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      pass(id, Side.BEFORE);
      return super.process(
          exchange,
          doneSync -> {
            if (exchange.getException() == null) {
              pass(id, Side.AFTER);
            }
            callback.done(doneSync);
          });
    }
  }
}
