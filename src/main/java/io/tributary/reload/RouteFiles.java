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
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
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
 * @param unread what else is there, but for what is hidden, and the copies that editors leave
 */
record RouteFiles(SortedMap<String, String> texts, SortedSet<String> unread) {
  private static final String ENDING = ".camel.yaml";
  private static final String CONFIGURED = "routeConfigurationId";

  static RouteFiles read(Path folder) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    SortedSet<String> unread = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(ENDING)) {
          texts.put(file.toString(), new String(Files.readAllBytes(file), UTF_8));
        } else if (!name.startsWith(".") && !name.endsWith("~")) {
          unread.add(file.toString());
        }
      }
    }
    return new RouteFiles(texts, unread);
  }

  /**
   * All that each route is made of, by its id: its own text, its template's, and that of what
   * applies to it. Comments and the way it is written make no difference.
   */
  Map<String, Object> parts() {
    Map<Object, Object> templates = new LinkedHashMap<>();
    List<Object> configurations = new ArrayList<>();
    List<Object> common = new ArrayList<>();
    Map<String, Map<?, ?>> routes = new LinkedHashMap<>();
    for (Item item : items()) {
      Map<?, ?> content = item.content();
      switch (item.kind()) {
        case "route", "templatedRoute" -> routes.put(String.valueOf(item.id()), content);
        case "routeTemplate" -> templates.put(content.get("id"), content);
        case "routeConfiguration" ->
            (content.containsKey("id") ? configurations : common).add(content);
        default -> common.add(item.whole());
      }
    }
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
        Comparator.comparing(route -> !RouteModel.isCalled(route.getInput().getEndpointUri())));
    context.addRouteDefinitions(routes);
    context.addRouteFromTemplatedRoutes(templated);
  }

  /** In which file that is which has this {@link Item#name}. */
  Optional<String> fileOf(String name) {
    return items().stream().filter(item -> name.equals(item.name())).map(Item::file).findFirst();
  }

  /**
   * All that is in the lists which the files are, in their order.
   *
   * @throws IllegalArgumentException for a file that is no such list
   */
  List<Item> items() {
    List<Item> items = new ArrayList<>();
    texts.forEach(
        (file, text) -> {
          LoadSettings settings = LoadSettings.builder().setLabel(file).build();
          if (!(new Load(settings).loadFromString(text) instanceof List<?> list)
              || !list.stream().allMatch(item -> item instanceof Map<?, ?> m && m.size() == 1)) {
            throw new IllegalArgumentException(
                file + ": a list is expected, each of one route or the like");
          }
          list.forEach(item -> items.add(new Item(file, (Map<?, ?>) item)));
        });
    return items;
  }

  /**
   * A route, a template or the like.
   *
   * @param file where it stands
   * @param whole its kind, and the content under it
   */
  record Item(String file, Map<?, ?> whole) {
    String kind() {
      return String.valueOf(whole.keySet().iterator().next());
    }

    Map<?, ?> content() {
      return whole.values().iterator().next() instanceof Map<?, ?> map ? map : Map.of();
    }

    /** What it is and its id, as {@code route 'a'}. */
    String name() {
      return (isRoute() ? "route" : kind()) + " '" + id() + "'";
    }

    boolean isRoute() {
      return kind().equals("route") || kind().equals("templatedRoute");
    }

    /** The id of a route, a template or the like; null without one. */
    @Nullable String id() {
      Object id = content().get(kind().equals("templatedRoute") ? "routeId" : "id");
      return id == null ? null : String.valueOf(id);
    }
  }
}
