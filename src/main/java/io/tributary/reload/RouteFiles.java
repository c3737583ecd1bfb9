package io.tributary.reload;

import io.tributary.logging.Causes;
import io.tributary.settings.KnownNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.LoggerHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The files of a folder of routes, as they were when they were read; none without the folder.
 *
 * @param texts by the name of the file, with its folder
 * @param unread what else is there, but for what is hidden, and the copies that editors leave
 */
public record RouteFiles(SortedMap<String, String> texts, SortedSet<String> unread) {
  private static final String ENDING = ".camel.yaml";
  private static final String SCHEME = "file:";
  private static final Set<String> PROSE = Set.of("description", "note", "message");

  public static RouteFiles read(Path folder) {
    RouteFiles read = new RouteFiles(new TreeMap<>(), new TreeSet<>());
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          if (name.endsWith(ENDING)) {
            read.texts.put(file.toString(), Files.readString(file));
          } else if (!name.startsWith(".") && !name.endsWith("~")) {
            read.unread.add(file.toString());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return read;
  }

  /** For Camel, which must not read the files anew: they may be others by then. */
  Collection<Resource> resources() {
    return texts.entrySet().stream()
        .map(file -> ResourceHelper.fromString(SCHEME + file.getKey(), file.getValue()))
        .toList();
  }

  /**
   * Refuses what Camel would pass over: a file that is not read, a second route of an id, a
   * parameter that its template does not know, a {@code direct:} that no route has, a method that a
   * bean does not have.
   *
   * @param context has the beans
   * @throws IllegalArgumentException with all that is wrong
   */
  public void check(CamelContext context) {
    List<String> mistakes = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    texts.forEach((file, text) -> load(file, text, nodes, mistakes));
    Map<String, String> files = new HashMap<>();
    Map<String, List<String>> templates = new TreeMap<>();
    for (Node node : nodes) {
      String template = node.text("routeTemplateRef");
      boolean isTemplate = node.key().equals("routeTemplate");
      if (isTemplate || template != null || node.key().equals("route")) {
        String id = node.text(template == null ? "id" : "routeId");
        String name = (isTemplate ? "the template '" : "the route '") + id + "'";
        String other = id == null ? null : files.put(name, node.file());
        if (other != null) {
          mistakes.add("%s: %s is in %s, too".formatted(node.file(), name, other));
        }
      }
      if (isTemplate) {
        templates.put(node.owner(), node.parameters());
      }
    }
    List<String> policies =
        nodes.stream().filter(n -> n.key().equals("routeConfiguration")).map(Node::owner).toList();
    for (Node node : nodes) {
      String policy = node.text("routeConfigurationId");
      if (policy != null && policy.matches("[\\w.-]+") && !policies.contains(policy)) {
        mistakes.add(
            "%s: '%s' has the routeConfigurationId '%s'; there are only %s"
                .formatted(node.file(), node.owner(), policy, policies));
      }
    }
    nodes.forEach(node -> checkParameters(node, templates, mistakes));
    checkDirect(nodes, mistakes);
    nodes.forEach(node -> checkMethod(node, context, mistakes));
    if (!unread.isEmpty()) {
      mistakes.add(
          "not read, since its name does not end in " + ENDING + ": " + String.join(", ", unread));
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", mistakes));
    }
  }

  /**
   * A map of the YAML.
   *
   * @param owner the id that it has, or the next map around it
   * @param key what it is the value of
   */
  private record Node(String file, String owner, String key, Map<?, ?> map) {
    @Nullable String text(String name) {
      return map.get(name) instanceof String text ? text : null;
    }

    /** The names of its parameters, when they are a list. */
    List<String> parameters() {
      return map.get("parameters") instanceof List<?> list
          ? list.stream()
              .map(each -> String.valueOf(each instanceof Map<?, ?> of ? of.get("name") : each))
              .toList()
          : List.of();
    }

    void collect(@Nullable Object value, String in, List<Node> nodes) {
      if (value instanceof List<?> list) {
        list.forEach(each -> collect(each, in, nodes));
      } else if (value instanceof Map<?, ?> found) {
        Object id = found.containsKey("routeId") ? found.get("routeId") : found.get("id");
        Node node = new Node(file, id == null ? owner : String.valueOf(id), in, found);
        nodes.add(node);
        found.forEach((name, each) -> node.collect(each, String.valueOf(name), nodes));
      }
    }
  }

  private static void load(String file, String text, List<Node> nodes, List<String> mistakes) {
    try {
      LoadSettings labelled = LoadSettings.builder().setLabel(file).build();
      if (new Load(labelled).loadFromString(text) instanceof List<?> list) {
        new Node(file, "", "", Map.of()).collect(list, "", nodes);
      } else {
        mistakes.add(file + ": a list is expected, each of one route or the like");
      }
    } catch (MarkedYamlEngineException e) {
      mistakes.add(words(e));
    } catch (YamlEngineException e) {
      mistakes.add(file + ": " + e);
    }
  }

  private static void checkParameters(
      Node route, Map<String, List<String>> templates, List<String> mistakes) {
    String template = route.text("routeTemplateRef");
    List<String> known = template == null ? null : templates.get(template);
    if (template != null && known == null) {
      mistakes.add(
          "%s: the route '%s' has the template '%s'; there are only %s"
              .formatted(route.file(), route.owner(), template, templates.keySet()));
    } else if (known != null) {
      for (String given : route.parameters()) {
        if (!known.contains(given)) {
          mistakes.add(
              "%s: the route '%s' has the parameter '%s', which the template '%s' does not know%s"
                  .formatted(
                      route.file(), route.owner(), given, template, KnownNames.hint(given, known)));
        }
      }
    }
  }

  /** What is a parameter can be either end, and so can what has one in its name. */
  private static void checkDirect(List<Node> nodes, List<String> mistakes) {
    Map<String, Node> callers = new TreeMap<>();
    List<Pattern> routes = new ArrayList<>();
    for (Node node : nodes) {
      for (var entry : node.map().entrySet()) {
        String key = String.valueOf(entry.getKey());
        String name = direct(node, key, String.valueOf(entry.getValue()));
        if (name != null && !name.contains("{{")) {
          callers.putIfAbsent(name, node);
        }
        boolean isRoute = Set.of("from", "parameters").contains(node.key()) || key.equals("from");
        if (name != null && isRoute) {
          routes.add(pattern(name));
        }
      }
    }
    callers
        .keySet()
        .removeIf(name -> routes.stream().anyMatch(route -> route.matcher(name).matches()));
    callers.forEach(
        (name, node) ->
            mistakes.add(
                "%s: '%s' calls direct:%s, which no route has"
                    .formatted(node.file(), node.owner(), name)));
  }

  /** A name in which a parameter stands for anything. */
  private static Pattern pattern(String name) {
    return Pattern.compile(
        Arrays.stream(name.split("\\{\\{.*?}}", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")));
  }

  /** The name of the direct endpoint that a value is; null when it is none. */
  private static @Nullable String direct(Node node, String key, String value) {
    if (PROSE.contains(key)) {
      return null;
    }
    if (key.equals("uri") && value.equals("direct")) {
      return node.map().get("parameters") instanceof Map<?, ?> parameters
          ? String.valueOf(parameters.get("name"))
          : null;
    }
    return value.matches("direct:[^\\s$]+")
        ? value.replaceFirst("direct:(//)?", "").replaceFirst("\\?.*", "")
        : null;
  }

  /** Camel looks for it when it is called for the first time. */
  private static void checkMethod(Node node, CamelContext context, List<String> mistakes) {
    String ref = node.text("ref");
    String method = String.valueOf(node.text("method")).replaceFirst("\\(.*", "");
    Object bean = ref == null ? null : context.getRegistry().lookupByName(ref);
    if (bean != null
        && node.text("method") != null
        && Arrays.stream(bean.getClass().getMethods()).noneMatch(m -> m.getName().equals(method))) {
      mistakes.add(
          "%s: '%s' calls the bean '%s', which has no method '%s'"
              .formatted(node.file(), node.owner(), ref, method));
    }
  }

  /** What is wrong with routes that have failed to start, with the file and the line. */
  public static String words(Throwable failure, CamelContext context) {
    MarkedYamlEngineException yaml = Causes.first(failure, MarkedYamlEngineException.class);
    if (yaml != null) {
      return words(yaml);
    }
    var route = Causes.first(failure, FailedToCreateRouteException.class);
    if (route == null || route.getCause() == null) {
      return Causes.words(failure);
    }
    String id = route.getRouteId();
    String place =
        LoggerHelper.getSourceLocation(((ModelCamelContext) context).getRouteDefinition(id));
    return "%sin the route '%s': %s"
        .formatted(place == null ? "" : name(place) + ": ", id, Causes.root(route).getMessage());
  }

  private static String words(MarkedYamlEngineException yaml) {
    return yaml.getProblemMark()
        .map(at -> "%s:%d: %s".formatted(name(at.getName()), at.getLine() + 1, yaml.getProblem()))
        .orElseGet(yaml::getMessage);
  }

  /** The file's name, of what Camel calls its location. */
  private static String name(String location) {
    return location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location;
  }
}
