package io.tributary.operations;

import org.apache.camel.impl.health.AbstractHealthCheck;

/** A check that says nothing of whether the process is alive: no restart mends what it is about. */
abstract class ReadinessCheck extends AbstractHealthCheck {
  ReadinessCheck(String name) {
    super("tributary", name);
  }

  @Override
  public final boolean isLiveness() {
    return false;
  }
}
