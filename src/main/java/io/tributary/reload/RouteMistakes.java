package io.tributary.reload;

import io.tributary.reload.RouteFiles.Item;
import io.tributary.settings.KnownNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.OnCamelContextInitializing;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PatternHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * What is wrong with routes: looked for at each start and at each reload alike, and in words that
 * name the file, and the line where that is known.
 */
public final class RouteMistakes {
  private static final String CONFIGURATIONS = "routeConfigurationId";

  private RouteMistakes() {}

  /**
   * Looks at the files of a folder, and at what Camel has read of them before it builds the routes.
   * Without the folder there are other routes, of which only the latter is looked at.
   *
   * @throws RuntimeException for the first mistake, which {@link #words} can say
   */
  public static void checkStart(ModelCamelContext context, Path folder) {
    RouteFiles files = nothing();
    if (Files.isDirectory(folder)) {
      try {
        files = RouteFiles.read(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      check(files);
    }
    RouteFiles read = files;
    OnCamelContextInitializing rest =
        initializing -> {
          RouteModel.check(context, read);
          checkUnread(read);
        };
    context.addLifecycleStrategy(LifecycleStrategySupport.adapt(rest));
  }

  /** What is wrong at a start that has failed: in the files, or else by the exceptions. */
  public static String words(Throwable failure, Path folder) {
    RouteFiles files = nothing();
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

  private static RouteFiles nothing() {
    return new RouteFiles(new TreeMap<>(), new TreeSet<>());
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
    Map<String, Item> templates = new TreeMap<>();
    Set<String> configurations = new TreeSet<>();
    Map<String, String> places = new HashMap<>();
    for (Item item : files.items()) {
      checkIdentity(item, places);
      if (item.kind().equals("routeTemplate")) {
        templates.put(String.valueOf(item.id()), item);
      } else if (item.kind().equals("routeConfiguration") && item.id() != null) {
        configurations.add(item.id());
      }
    }
    for (Item item : files.items()) {
      if (item.kind().equals("templatedRoute")) {
        checkTemplate(item, templates);
      }
      checkConfigurations(item, item.content(), configurations);
      checkConfigurations(item, item.content().get("route"), configurations);
    }
  }

  /**
   * A file that is not read is a mistake in itself; {@link #words} names it with each other one.
   *
   * @throws IllegalArgumentException when there is one
   */
  static void checkUnread(RouteFiles files) {
    if (!files.unread().isEmpty()) {
      throw new IllegalArgumentException(unread(files));
    }
  }

  /** A reload tells routes by their ids. */
  private static void checkIdentity(Item item, Map<String, String> places) {
    String start = item.file() + ": ";
    if (item.kind().equals("from") || item.kind().equals("rest")) {
      throw new IllegalArgumentException(
          start + "'" + item.kind() + "' at the root is not taken, use 'route'");
    }
    if (item.id() == null) {
      if (item.isRoute()) {
        throw new IllegalArgumentException(start + "a route has no id");
      }
      return;
    }
    String other = places.put(item.name(), item.file());
    if (other != null) {
      throw new IllegalArgumentException(
          start + "there is another " + item.name() + " in " + other);
    }
  }

  private static void checkTemplate(Item route, Map<String, Item> templates) {
    String name = String.valueOf(route.content().get("routeTemplateRef"));
    Item template = templates.get(name);
    String start = route.file() + ": the route '" + route.id() + "' ";
    if (template == null) {
      throw new IllegalArgumentException(
          start + "has the template '" + name + "'; there are only " + templates.keySet());
    }
    Set<String> known = parameters(template, any -> true);
    Set<String> given = parameters(route, any -> true);
    for (String parameter : given) {
      if (!known.contains(parameter)) {
        throw new IllegalArgumentException(
            start
                + "has the parameter '"
                + parameter
                + "', which the template '"
                + name
                + "' does not know"
                + KnownNames.hint(parameter, known));
      }
    }
    Set<String> lacking = parameters(template, RouteMistakes::isNeeded);
    lacking.removeAll(given);
    if (!lacking.isEmpty()) {
      throw new IllegalArgumentException(
          start + "lacks parameters of the template '" + name + "': " + lacking);
    }
  }

  /** Camel would run the route without, and with its own ways to deal with failures. */
  private static void checkConfigurations(Item item, @Nullable Object route, Set<String> known) {
    if (!(route instanceof Map<?, ?> map)
        || !(map.get(CONFIGURATIONS) instanceof String ids)
        || ids.contains("{{")) {
      return;
    }
    for (String id : ids.split(",", -1)) {
      if (known.stream().noneMatch(each -> PatternHelper.matchPattern(each, id))) {
        throw new IllegalArgumentException(
            "%s: '%s' has the %s '%s'; there are only %s"
                .formatted(item.file(), item.id(), CONFIGURATIONS, id, known));
      }
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
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What is wrong, and which files are not read, which may be why. */
  static String words(Throwable failure, RouteFiles files) {
    String cause = cause(failure, files);
    String unread = unread(files);
    return files.unread().isEmpty() || cause.equals(unread) ? cause : cause + "; " + unread;
  }

  private static String unread(RouteFiles files) {
    return "not read, since its name does not end in .camel.yaml: "
        + String.join(", ", files.unread());
  }

  /** By the exceptions that Camel has wrapped around it. */
  private static String cause(Throwable failure, RouteFiles files) {
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
    return files.fileOf("route '" + routeId + "'").map(file -> file + ": ").orElse("")
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
