package io.tributary.support;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long every test waits for what it wants to see, if it says nothing else. It costs nothing
 * while tests pass, and on a machine that has other work a start alone can take half a minute.
 */
public final class Patience implements BeforeAllCallback {
  public static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(LIMIT);
  }
}
