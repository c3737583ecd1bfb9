package io.tributary.delivery;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.processor.errorhandler.RedeliveryPolicy;

/**
 * Makes the back-off longer by chance, never shorter, so that several instances do not retry in
 * step. The delays are those of the policy in the YAML, as it stands at the moment; the last of
 * them, which holds for as long as it takes, is left as it is. Camel's own collision avoidance does
 * not count with a {@code delayPattern}. Used by the delivery thread.
 */
public final class Jitter {
  private final double share;
  private final RandomGenerator random;

  /**
   * @param share of a delay by which it gets longer at the most; 0 leaves all delays as they are
   */
  public Jitter(double share, RandomGenerator random) {
    this.share = share;
    this.random = random;
  }

  /**
   * Milliseconds until the next attempt; empty when the policy's own delay is to hold.
   *
   * @param policy id of the {@code onException} that has the policy
   * @param attempt from 1
   */
  OptionalLong delay(CamelContext context, String policy, int attempt) {
    String pattern = share == 0 ? "" : pattern((ModelCamelContext) context, policy);
    if (pattern.isEmpty()) {
      return OptionalLong.empty();
    }
    RedeliveryPolicy backOff = new RedeliveryPolicy();
    backOff.setDelayPattern(pattern);
    long base = backOff.calculateRedeliveryDelay(0, attempt);
    if (base == backOff.calculateRedeliveryDelay(0, Integer.MAX_VALUE)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(base + (long) (random.nextDouble() * share * base));
  }

  /** Empty when the policy has none, or an editor has given it another id. */
  private static String pattern(ModelCamelContext context, String policy) {
    return context.getRouteConfigurationDefinitions().stream()
        .map(RouteConfigurationDefinition::getOnExceptions)
        .flatMap(List::stream)
        .filter(handled -> policy.equals(handled.getId()))
        .map(OnExceptionDefinition::getRedeliveryPolicyType)
        .filter(Objects::nonNull)
        .map(RedeliveryPolicyDefinition::getDelayPattern)
        .filter(Objects::nonNull)
        .map(context::resolvePropertyPlaceholders)
        .findFirst()
        .orElse("");
  }
}
