package io.tributary.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The files of a folder of routes, as they were when they were read. Immutable.
 *
 * @param texts by the name of the file, with its folder
 */
record RouteFiles(SortedMap<String, String> texts) {
  private static final String CONFIGURED = "routeConfigurationId";

  static RouteFiles read(Path folder) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.camel.yaml")) {
      for (Path file : files) {
        texts.put(file.toString(), new String(Files.readAllBytes(file), UTF_8));
      }
    }
    return new RouteFiles(texts);
  }

  /**
   * All that each route is made of, by its id: its own text, its template's, and that of what
   * applies to it. Comments and the way it is written make no difference.
   *
   * @throws IllegalArgumentException for a route that cannot be told from others
   */
  Map<String, Object> parts() {
    Map<Object, Object> templates = new LinkedHashMap<>();
    List<Object> configurations = new ArrayList<>();
    List<Object> common = new ArrayList<>();
    Map<String, Map<?, ?>> routes = new LinkedHashMap<>();
    texts.forEach(
        (file, text) -> {
          for (Object item : items(file, text)) {
            Map.Entry<?, ?> entry = ((Map<?, ?>) item).entrySet().iterator().next();
            Map<?, ?> content = entry.getValue() instanceof Map<?, ?> map ? map : Map.of();
            switch (String.valueOf(entry.getKey())) {
              case "route" -> add(routes, file, content.get("id"), content);
              case "templatedRoute" -> add(routes, file, content.get("routeId"), content);
              case "routeTemplate" -> templates.put(content.get("id"), content);
              case "routeConfiguration" ->
                  (content.containsKey("id") ? configurations : common).add(content);
              case "from", "rest" ->
                  throw new IllegalArgumentException(
                      file + ": '" + entry.getKey() + "' at the root is not reloaded, use 'route'");
              default -> common.add(item);
            }
          }
        });
    Map<String, Object> parts = new LinkedHashMap<>();
    routes.forEach(
        (id, content) -> {
          List<Object> all = new ArrayList<>(common);
          all.add(content);
          Object template = templates.getOrDefault(content.get("routeTemplateRef"), Map.of());
          all.add(template);
          Object inTemplate = ((Map<?, ?>) template).get("route");
          boolean configured =
              Stream.of(content, inTemplate)
                  .anyMatch(part -> part instanceof Map<?, ?> map && map.containsKey(CONFIGURED));
          all.add(configured ? configurations : "");
          parts.put(id, all);
        });
    return parts;
  }

  /** Adds routes to a context, with all that they use: those first that others call. */
  void load(ModelCamelContext context, Predicate<String> wanted) throws Exception {
    List<Resource> resources = new ArrayList<>();
    texts.forEach((file, text) -> resources.add(ResourceHelper.fromString("file:" + file, text)));
    Collection<RoutesBuilder> builders =
        PluginHelper.getRoutesLoader(context).findRoutesBuilders(resources);
    for (RoutesBuilder builder : builders) {
      ((RouteConfigurationsBuilder) builder).addRouteConfigurationsToCamelContext(context);
    }
    List<RouteDefinition> routes = new ArrayList<>();
    List<TemplatedRouteDefinition> templated = new ArrayList<>();
    for (RoutesBuilder builder : builders) {
      RouteBuilder file = (RouteBuilder) builder;
      file.prepareModel(context);
      routes.addAll(file.getRouteCollection().getRoutes());
      templated.addAll(file.getTemplatedRouteCollection().getTemplatedRoutes());
    }
    routes.removeIf(route -> !wanted.test(route.getRouteId()));
    templated.removeIf(route -> !wanted.test(route.getRouteId()));
    routes.sort(
        Comparator.comparing(route -> !RoutesReload.isCalled(route.getInput().getEndpointUri())));
    context.addRouteDefinitions(routes);
    context.addRouteFromTemplatedRoutes(templated);
  }

  private static List<?> items(String file, String text) {
    Object content = new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text);
    if (content instanceof List<?> list
        && list.stream().allMatch(item -> item instanceof Map<?, ?> map && map.size() == 1)) {
      return list;
    }
    throw new IllegalArgumentException(
        file + ": a list is expected, each of one route or the like");
  }

  private static void add(
      Map<String, Map<?, ?>> routes, String file, @Nullable Object id, Map<?, ?> content) {
    if (id == null) {
      throw new IllegalArgumentException(file + ": a route has no id");
    }
    if (routes.put(String.valueOf(id), content) != null) {
      throw new IllegalArgumentException(file + ": another route has the id '" + id + "', too");
    }
  }
}
