package io.tributary.merge;

import io.tributary.batch.BatchJson;
import io.tributary.batch.Section;
import io.tributary.settings.Setting;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a batch, as the templated intake routes name them with their parameters {@code
 * section} and {@code countField}: so another stream needs no more than another route. Safe for
 * several threads.
 */
public final class Sections {
  private final CamelContext context;
  private final Map<RouteDefinition, Optional<Section>> known = new ConcurrentHashMap<>();
  private volatile @Nullable List<RouteDefinition> kept;

  public Sections(CamelContext context) {
    this.context = context;
  }

  /** Goes by the routes that there are now until it is called again, also while they change. */
  public void keep() {
    List<RouteDefinition> now = List.copyOf(((ModelCamelContext) context).getRouteDefinitions());
    known.keySet().retainAll(now);
    kept = now;
  }

  /**
   * Looks whether each intake route has a topic that can be one, and a section and a count of its
   * own. Two on one topic would share its partitions by chance, the dead letters would be read
   * again without end, and two fields of one name are one place in the batch.
   *
   * @throws IllegalArgumentException for the first that has not
   */
  public void checkStreams() {
    Map<String, String> topics = new HashMap<>();
    context
        .getPropertiesComponent()
        .resolveProperty(Setting.DEAD_LETTER_TOPIC.property())
        .ifPresent(topic -> topics.put(topic, "the dead letters"));
    checkTopics();
    checkDistinct("topic", topics);
    checkDistinct("section", ownersOf(BatchJson.FIELDS));
    checkDistinct("countField", ownersOf(BatchJson.METADATA_FIELDS));
  }

  private void checkTopics() {
    for (RouteDefinition route : intakes().toList()) {
      String topic = text(route.getTemplateParameters(), "topic");
      String allowed = Setting.DEAD_LETTER_TOPIC.refusal(topic);
      if (allowed != null) {
        throw new IllegalArgumentException(
            "the route '%s' has the topic '%s'; %s".formatted(route.getRouteId(), topic, allowed));
      }
    }
  }

  private static Map<String, String> ownersOf(List<String> fields) {
    Map<String, String> owners = new HashMap<>();
    fields.forEach(field -> owners.put(field, "the batch itself"));
    return owners;
  }

  private void checkDistinct(String parameter, Map<String, String> owners) {
    intakes()
        .filter(route -> route.getTemplateParameters().containsKey(parameter))
        .forEach(
            route -> {
              String value = text(route.getTemplateParameters(), parameter);
              String name = "the route '" + route.getRouteId() + "'";
              String other = owners.putIfAbsent(value, name);
              if (other != null) {
                throw new IllegalArgumentException(
                    ("%s has the %s '%s' of %s; each stream must have a topic, a section and a"
                            + " countField of its own")
                        .formatted(name, parameter, value, other));
              }
            });
  }

  /** The sections of all intake routes, in the order of the routes. */
  public List<Section> all() {
    return definitions().flatMap(this::sectionOf).distinct().toList();
  }

  /** The topics of all intake routes, in the order of the routes. */
  public List<String> topics() {
    return intakes().map(route -> text(route.getTemplateParameters(), "topic")).distinct().toList();
  }

  /** How many consumers all intake routes together have on each topic. */
  public Map<String, Integer> consumers() {
    Map<String, Integer> consumers = new LinkedHashMap<>();
    intakes()
        .map(RouteDefinition::getTemplateParameters)
        .forEach(
            parameters ->
                consumers.merge(
                    text(parameters, "topic"),
                    Integer.valueOf(text(parameters, "consumers")),
                    Integer::sum));
    return consumers;
  }

  /**
   * The section that the exchange's route fills.
   *
   * @throws IllegalStateException when the route does not name one
   */
  public Section of(Exchange exchange) {
    String routeId = exchange.getFromRouteId();
    return definitions()
        .filter(route -> Objects.equals(route.getRouteId(), routeId))
        .flatMap(this::sectionOf)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("Route " + routeId + " has no parameter 'section'"));
  }

  private Stream<RouteDefinition> intakes() {
    return definitions().filter(route -> sectionOf(route).findAny().isPresent());
  }

  private Stream<RouteDefinition> definitions() {
    List<RouteDefinition> routes = kept;
    return (routes == null ? ((ModelCamelContext) context).getRouteDefinitions() : routes).stream();
  }

  /** A definition keeps its parameters; an edited route has another one. */
  private Stream<Section> sectionOf(RouteDefinition route) {
    return known.computeIfAbsent(route, this::read).stream();
  }

  private Optional<Section> read(RouteDefinition route) {
    Map<String, Object> parameters = route.getTemplateParameters();
    if (parameters == null
        || !parameters.containsKey("section")
        || !parameters.containsKey("countField")) {
      return Optional.empty();
    }
    return Optional.of(new Section(text(parameters, "section"), text(parameters, "countField")));
  }

  private String text(Map<String, Object> parameters, String name) {
    return context.resolvePropertyPlaceholders(String.valueOf(parameters.get(name)));
  }
}
