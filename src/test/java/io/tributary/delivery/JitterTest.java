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
  @CsvSource({"1, 0,     1000", "1, 0.5,   1050", "2, 0.5,   2100", "3, 0.999, 4399"})
  void delay_isThePolicysAndLongerByUpToItsShare(int attempt, double chance, long expected)
      throws Exception {
    // Given
    Jitter jitter = new Jitter(0.1, always(chance));
    try (DefaultCamelContext context = context()) {
      // When
      OptionalLong delay = jitter.delay(context, "retry-soon", attempt);

      // Then
      assertEquals(OptionalLong.of(expected), delay);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,   retry-soon,      1",
    "0.1, retry-soon,      4",
    "0.1, retry-soon,     99",
    "0.1, retry-later,     1",
    "0.1, renamed,         1",
    "0.1, without-pattern, 1"
  })
  void otherwise_thePolicysDelayHolds(double share, String policy, int attempt) throws Exception {
    // Given
    Jitter jitter = new Jitter(share, always(0.5));
    try (DefaultCamelContext context = context()) {
      // When
      OptionalLong delay = jitter.delay(context, policy, attempt);

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
