package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By how much a delay gets longer. */
class JitterTest {
  @ParameterizedTest
  @CsvSource({
    "retry-soon,  1, 0,     1000",
    "retry-soon,  1, 0.5,   1050",
    "retry-soon,  3, 0.999, 4399",
    "retry-soon,  4, 0.5,  31500",
    "retry-soon, 99, 0.5,  31500",
    "retry-later, 1, 0,    30000",
    "retry-later, 1, 0.5,  31500"
  })
  void delay_isThePolicysAndLongerByUpToItsShare(
      String policy, int attempt, double chance, long expected) throws Exception {
    // Given
    Jitter jitter = new Jitter(0.1, always(chance));
    try (DefaultCamelContext context = context()) {
      // When
      OptionalLong delay = jitter.delay(context, policy, attempt);

      // Then
      assertEquals(OptionalLong.of(expected), delay);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, retry-soon", "0.1, renamed", "0.1, without-pattern"})
  void otherwise_thePolicysDelayHolds(double share, String policy) throws Exception {
    // Given
    Jitter jitter = new Jitter(share, always(0.5));
    try (DefaultCamelContext context = context()) {
      // When
      OptionalLong delay = jitter.delay(context, policy, 1);

      // Then
      assertEquals(OptionalLong.empty(), delay);
    }
  }

  private static DefaultCamelContext context() {
    DefaultCamelContext context = new DefaultCamelContext();
    RouteConfigurationDefinition policies = new RouteConfigurationDefinition();
    policies
        .onException(Exception.class)
        .id("retry-soon")
        .delayPattern("1:1000;2:2000;3:4000;4:30000");
    policies.onException(Exception.class).id("retry-later").delayPattern("1:30000");
    policies.onException(Exception.class).id("without-pattern");
    context.addRouteConfiguration(policies);
    return context;
  }

  private static RandomGenerator always(double chance) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public double nextDouble() {
        return chance;
      }
    };
  }
}
