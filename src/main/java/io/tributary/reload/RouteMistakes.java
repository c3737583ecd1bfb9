package io.tributary.reload;

import io.tributary.reload.RouteFiles.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/** What is wrong with routes, in words that name the file, and the line where that is known. */
public final class RouteMistakes {
  private RouteMistakes() {}

  /** What is wrong at a start that has failed: in the files, or else by the exceptions. */
  public static String words(Throwable failure, Path folder) {
    RouteFiles files = new RouteFiles(new TreeMap<>());
    try {
      files = RouteFiles.read(folder);
      check(files);
    } catch (IOException unreadable) {
      return words(failure, files);
    } catch (RuntimeException mistake) {
      return words(mistake, files);
    }
    return words(failure, files);
  }

  /**
   * Looks for what Camel passes over, or refuses without a word of the file.
   *
   * @throws RuntimeException for the first mistake, which {@link #words} can say
   */
  static void check(RouteFiles files) {
    if (files.texts().isEmpty()) {
      throw new IllegalArgumentException("there is no file *.camel.yaml in the folder of routes");
    }
    List<Item> items = files.items();
    Map<String, Set<String>> templates = new TreeMap<>();
    for (Item item : items) {
      if (item.kind().equals("routeTemplate")) {
        templates.put(
            String.valueOf(item.content().get("id")), parameters(item, RouteMistakes::isNeeded));
      }
    }
    Map<String, String> places = new HashMap<>();
    for (Item item : items) {
      String id = item.routeId();
      String other = id == null ? null : places.put(id, item.file());
      if (other != null) {
        throw new IllegalArgumentException(
            item.file() + ": there is another route '" + id + "' in " + other);
      }
      if (item.kind().equals("templatedRoute")) {
        checkTemplate(item, templates);
      }
    }
  }

  private static void checkTemplate(Item route, Map<String, Set<String>> templates) {
    String template = String.valueOf(route.content().get("routeTemplateRef"));
    Set<String> lacking = templates.get(template);
    String start = route.file() + ": the route '" + route.routeId() + "' ";
    if (lacking == null) {
      throw new IllegalArgumentException(
          start + "has the template '" + template + "'; there are only " + templates.keySet());
    }
    lacking = new TreeSet<>(lacking);
    lacking.removeAll(parameters(route, given -> true));
    if (!lacking.isEmpty()) {
      throw new IllegalArgumentException(
          start + "lacks parameters of the template '" + template + "': " + lacking);
    }
  }

  private static boolean isNeeded(Map<?, ?> parameter) {
    return !parameter.containsKey("defaultValue")
        && !"false".equals(String.valueOf(parameter.get("required")));
  }

  private static Set<String> parameters(Item item, Predicate<Map<?, ?>> wanted) {
    List<?> parameters =
        item.content().get("parameters") instanceof List<?> list ? list : List.of();
    return parameters.stream()
        .flatMap(each -> each instanceof Map<?, ?> map ? Stream.of(map) : Stream.of())
        .filter(wanted)
        .map(parameter -> String.valueOf(parameter.get("name")))
        .collect(Collectors.toSet());
  }

  /** What is wrong, by the exceptions that Camel has wrapped around it. */
  static String words(Throwable failure, RouteFiles files) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
        return words(yaml, yaml.getProblemMark().get());
      }
      if (t instanceof ReaderException unreadable) {
        return unreadable.toString();
      }
      if (t instanceof FailedToCreateRouteException route && route.getRouteId() != null) {
        return words(route.getRouteId(), t, files);
      }
      if (t instanceof FailedToStartRouteException route && route.getRouteId() != null) {
        return words(route.getRouteId(), t, files);
      }
    }
    return messages(failure);
  }

  private static String words(MarkedYamlEngineException yaml, Mark mark) {
    String context = yaml.getContext();
    String since =
        yaml.getContextMark().map(begin -> " from line " + (begin.getLine() + 1)).orElse("");
    return withoutScheme(mark.getName())
        + ":"
        + (mark.getLine() + 1)
        + ": "
        + yaml.getProblem()
        + (context == null ? "" : ", " + context + since);
  }

  private static String words(String routeId, Throwable failure, RouteFiles files) {
    Throwable cause = failure.getCause();
    return files.items().stream()
            .filter(item -> routeId.equals(item.routeId()))
            .map(item -> item.file() + ": ")
            .findFirst()
            .orElse("")
        + "in the route '"
        + routeId
        + "': "
        + messages(cause == null ? failure : cause);
  }

  /** The line is in the message of one exception, and what is wrong with it in that of another. */
  private static String messages(Throwable failure) {
    List<String> messages = new ArrayList<>();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = Objects.requireNonNullElse(t.getMessage(), t.toString()).strip();
      boolean saidAgain = t instanceof ResolveEndpointFailedException && t.getCause() != null;
      boolean said = !messages.isEmpty() && messages.get(messages.size() - 1).contains(message);
      if (!saidAgain && !said) {
        messages.add(message);
      }
    }
    return String.join("; ", messages);
  }

  /** As the files' names are elsewhere. */
  static String withoutScheme(String location) {
    return location.replaceFirst("^file:", "");
  }
}
