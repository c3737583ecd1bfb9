package io.tributary.support;

import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/** Makes Camel contexts that nobody starts, for what needs one but no routes that run. */
public final class CamelContexts extends Main {
  private CamelContexts() {}

  public static CamelContext notStarted() {
    return new CamelContexts().createCamelContext();
  }
}
