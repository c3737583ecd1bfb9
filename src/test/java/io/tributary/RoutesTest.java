package io.tributary;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.operations.Statistics;
import io.tributary.support.Kafka;
import io.tributary.support.Messages;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the shipped routes look like once they run. */
class RoutesTest {
  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();

  @Test
  void routesAndNodes_haveNamesAndDescriptions() throws Exception {
    RunningTributary running = rig.start();

    // When
    ModelCamelContext context = (ModelCamelContext) running.context();
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

  @Test
  void statistics_haveTheFiguresOfBothStreams() throws Exception {
    // Given
    RunningTributary running = rig.start();
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, Messages.message("m2", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, new byte[0])));
    await().until(() -> api.applied().size() == 1 && Kafka.lag(customers, customers) == 0);

    // When
    String line = running.bean("statistics", Statistics.class).line();

    // Then
    assertEquals(
        customers
            + ": processed=1, skipped=2, errors=1; "
            + products
            + ": processed=0, skipped=0, errors=0; merge buffer: customers=0, products=0, pending batches=0; "
            + "idempotency cache: entries=2, utilization=0.0%",
        line);
  }
}
