package io.tributary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.support.ShippedRoutes;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.Test;

/** What the shipped routes look like once they run. */
class RoutesTest extends ShippedRoutes {
  @Test
  void routesAndNodes_haveNamesAndDescriptions() {
    // When
    List<OptionalIdentifiedDefinition<?>> all = new ArrayList<>();
    for (RouteDefinition route : context.getRouteDefinitions()) {
      all.add(route);
      all.addAll(nodes(route.getOutputs()));
    }
    for (RouteConfigurationDefinition policy : context.getRouteConfigurationDefinitions()) {
      all.add(policy);
      all.addAll(nodes(List.copyOf(policy.getOnExceptions())));
    }

    // Then
    List<String> ids = all.stream().map(OptionalIdentifiedDefinition::getId).toList();
    assertTrue(
        ids.containsAll(
            List.of(
                "customer-intake",
                "inventory-intake",
                "batch-merge",
                "batch-delivery",
                "delivery-policy",
                "products-drop-seen-ids",
                "retry-with-back-off",
                "store-halves",
                "post-again")),
        ids.toString());
    assertEquals(
        List.of(),
        all.stream()
            .filter(node -> node.getDescription() == null || node.getDescription().isBlank())
            .map(OptionalIdentifiedDefinition::getId)
            .toList());
  }

  /** Those that are there, and all within them; the branches of a choice have no name. */
  @SuppressWarnings({"rawtypes", "unchecked"}) // as Camel's list
  private static List<OptionalIdentifiedDefinition<?>> nodes(List outputs) {
    List<ProcessorDefinition> nodes =
        List.copyOf(
            ProcessorDefinitionHelper.filterTypeInOutputs(outputs, ProcessorDefinition.class));
    return (List) nodes.stream().filter(ProcessorDefinition::hasCustomIdAssigned).toList();
  }
}
