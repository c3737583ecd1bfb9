package io.tributary.reload;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import io.tributary.logging.Causes;
import io.tributary.merge.Sections;
import io.tributary.settings.KnownNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.TemplatedRouteDefinition;
import org.apache.camel.model.TemplatedRouteParameterDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.OnCamelContextInitializing;
import org.apache.camel.support.LoggerHelper;
import org.apache.camel.support.PatternHelper;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * What Camel passes over in routes. It is looked for while Camel reads them, at a start and at a
 * reload alike; the first mistake is an {@link IllegalArgumentException}.
 */
public final class RouteMistakes implements RouteBuilderLifecycleStrategy {
  private static final String NAME = "routeMistakes";
  private static final String DIRECT = "direct:";

  private final ModelCamelContext context;
  private final RouteFiles files;
  private final Map<String, String> places = new HashMap<>();
  private final Map<String, RouteTemplateDefinition> templates = new TreeMap<>();
  private final List<TemplatedRouteDefinition> templated = new ArrayList<>();
  private final Map<String, String> callers = new LinkedHashMap<>();
  private int filesRead;

  /** Looks at the texts, and goes on when the context reads them. */
  RouteMistakes(ModelCamelContext context, RouteFiles files) {
    this.context = context;
    this.files = files;
    context.getRegistry().bind(NAME, this);
    for (var file : files.texts().entrySet()) {
      boolean isList =
          file.getValue().replaceAll("(?m)^(#|---).*", "").strip().matches("(?s)[-\\[].*");
      require(
          isList, "%s: a list is expected, each of one route or the like".formatted(file.getKey()));
    }
  }

  /** Looks at the routes of a start; without the folder there are others, in no file. */
  public static void checkStart(ModelCamelContext context, Path folder) {
    RouteMistakes mistakes = new RouteMistakes(context, RouteFiles.read(folder));
    OnCamelContextInitializing last = initializing -> mistakes.check();
    context.addLifecycleStrategy(adapt(last));
  }

  /** One file has been read. After the last of them Camel makes routes of templates. */
  @Override
  public void afterConfigure(RouteBuilder builder) {
    if (builder.getContext() != context || builder.getResource() == null) {
      return;
    }
    String file = RouteFiles.name(builder.getResource().getLocation());
    for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
      note(file, "route", route.getId());
    }
    for (var template : builder.getRouteTemplateCollection().getRouteTemplates()) {
      note(file, "routeTemplate", template.getId());
      templates.put(template.getId(), template);
    }
    for (var route : builder.getTemplatedRouteCollection().getTemplatedRoutes()) {
      note(file, "route", route.getRouteId());
      templated.add(route);
    }
    if (++filesRead == files.texts().size()) {
      templated.forEach(this::checkTemplate);
    }
  }

  private void note(String file, String kind, @Nullable String id) {
    String name = kind + " '" + id + "'";
    String other = id == null ? null : places.put(name, file);
    require(other == null, "%s: there is another %s in %s".formatted(file, name, other));
  }

  private void checkTemplate(TemplatedRouteDefinition route) {
    String owner = "route '" + route.getRouteId() + "'";
    String start = places.get(owner) + ": the " + owner;
    String name = " the template '" + route.getRouteTemplateRef() + "'";
    var template = Optional.ofNullable(templates.get(route.getRouteTemplateRef()));
    require(
        template.isPresent(),
        "%s has%s; there are only %s".formatted(start, name, templates.keySet()));
    Set<String> known = new TreeSet<>();
    Set<String> lacking = new TreeSet<>();
    for (var parameter :
        template.map(RouteTemplateDefinition::getTemplateParameters).orElse(List.of())) {
      known.add(parameter.getName());
      if (parameter.isRequired() && parameter.getDefaultValue() == null) {
        lacking.add(parameter.getName());
      }
    }
    var parameters = Optional.ofNullable(route.getParameters()).orElse(List.of());
    for (String given :
        parameters.stream().map(TemplatedRouteParameterDefinition::getName).toList()) {
      lacking.remove(given);
      require(
          known.contains(given),
          "%s has the parameter '%s', which%s does not know%s"
              .formatted(start, given, name, KnownNames.hint(given, known)));
    }
    require(lacking.isEmpty(), "%s lacks parameters of%s: %s".formatted(start, name, lacking));
  }

  /** Looks at all that has been read, and is not built yet. */
  void check() {
    context.getRegistry().unbind(NAME);
    new Sections(context).checkStreams();
    Set<String> called = new TreeSet<>();
    Set<String> configurations = new TreeSet<>();
    for (var each : context.getRouteConfigurationDefinitions()) {
      configurations.add(String.valueOf(each.getId()));
      String owner = "the routeConfiguration '" + each.getId() + "'";
      each.getOnExceptions().forEach(policy -> look(owner, policy.getOutputs()));
    }
    for (RouteDefinition route : context.getRouteDefinitions()) {
      Properties parameters = new Properties();
      Optional.ofNullable(route.getTemplateParameters()).ifPresent(parameters::putAll);
      context.getPropertiesComponent().setLocalProperties(parameters);
      try {
        direct(route.getInput().getEndpointUri()).ifPresent(called::add);
        look("the route '" + route.getRouteId() + "'", route.getOutputs());
      } finally {
        context.getPropertiesComponent().setLocalProperties(null);
      }
      checkConfigurations(route, configurations);
    }
    callers.keySet().removeAll(called);
    require(callers.isEmpty(), String.join("; ", callers.values()));
    require(files.unread().isEmpty(), files.unreadWords());
  }

  /** Camel would run the route without, and with its own ways to deal with failures. */
  private static void checkConfigurations(RouteDefinition route, Set<String> known) {
    String ids = Objects.requireNonNullElse(route.getRouteConfigurationId(), "{{");
    for (String id : ids.contains("{{") ? List.<String>of() : List.of(ids.split(",", -1))) {
      require(
          known.stream().anyMatch(each -> PatternHelper.matchPattern(each, id)),
          "%sthe route '%s' has the routeConfigurationId '%s'; there are only %s"
              .formatted(place(route), route.getRouteId(), id, known));
    }
  }

  private void look(String owner, List<ProcessorDefinition<?>> nodes) {
    for (ProcessorDefinition<?> node : nodes) {
      String who = place(node) + owner;
      Object expression = node instanceof ExpressionNode with ? with.getExpression() : null;
      if (node instanceof BeanDefinition call) {
        checkMethod(who, call.getRef(), call.getMethod());
      } else if (node instanceof SendDefinition<?> to) {
        noteCall(who, node, to.getEndpointUri());
      } else if (node instanceof ToDynamicDefinition to) {
        noteCall(who, node, to.getUri());
      } else if (expression instanceof MethodCallExpression call) {
        checkMethod(who, call.getRef(), call.getMethod());
      } else if (expression instanceof ConstantExpression enriched) {
        noteCall(who, node, enriched.getExpression());
      }
      look(owner, node.getOutputs());
    }
  }

  private void noteCall(String who, ProcessorDefinition<?> node, @Nullable String uri) {
    String id = node.getId();
    String in = id == null ? "" : " in '" + context.resolvePropertyPlaceholders(id) + "'";
    String call = "no route has " + DIRECT + "%s; " + who + " calls it" + in;
    direct(uri).ifPresent(name -> callers.putIfAbsent(name, call.formatted(name)));
  }

  /** The name of a {@code direct:}; nothing for what is none, or is found out for each message. */
  private Optional<String> direct(@Nullable String uri) {
    return Optional.ofNullable(uri)
        .filter(text -> !text.contains("${"))
        .map(context::resolvePropertyPlaceholders)
        .filter(text -> text.startsWith(DIRECT))
        .map(text -> text.replaceFirst(DIRECT + "(//)?", "").replaceFirst("\\?.*", ""));
  }

  /** Camel looks for it when it is called for the first time. */
  private void checkMethod(String who, @Nullable String ref, @Nullable String method) {
    Object bean = ref == null ? null : context.getRegistry().lookupByName(ref);
    if (bean != null && method != null) {
      String name = method.replaceFirst("\\(.*", "");
      require(
          Arrays.stream(bean.getClass().getMethods()).anyMatch(m -> m.getName().equals(name)),
          "%s: the bean '%s' has no method '%s'".formatted(who, ref, name));
    }
  }

  private static void require(boolean right, String words) {
    if (!right) {
      throw new IllegalArgumentException(words);
    }
  }

  /** With the line. */
  private static String place(Object node) {
    String location = LoggerHelper.getSourceLocation(node);
    return location == null ? "" : RouteFiles.name(location) + ": ";
  }

  /** What is wrong with routes that have failed to start, and which files are not read. */
  public static String words(Throwable failure, CamelContext context, Path folder) {
    return words(failure, context, RouteFiles.read(folder));
  }

  static String words(Throwable failure, CamelContext context, RouteFiles files) {
    String cause = cause(failure, (ModelCamelContext) context);
    return files.unread().isEmpty() || cause.equals(files.unreadWords())
        ? cause
        : cause + "; " + files.unreadWords();
  }

  private static String cause(Throwable failure, ModelCamelContext context) {
    Set<String> messages = new LinkedHashSet<>();
    for (Throwable t : Causes.of(failure)) {
      if (t instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
        return words(yaml, yaml.getProblemMark().get());
      }
      if (t instanceof ReaderException) {
        return t.toString();
      }
      if (t instanceof FailedToCreateRouteException route && t.getCause() != null) {
        return "%sin the route '%s': %s"
            .formatted(
                place(context.getRouteDefinition(route.getRouteId())),
                route.getRouteId(),
                cause(t.getCause(), context));
      }
      String message = Objects.requireNonNullElse(t.getMessage(), t.toString()).strip();
      boolean saidAgain = t instanceof ResolveEndpointFailedException && t.getCause() != null;
      if (!saidAgain && messages.stream().noneMatch(said -> said.contains(message))) {
        messages.add(message);
      }
    }
    return String.join("; ", messages);
  }

  private static String words(MarkedYamlEngineException yaml, Mark mark) {
    String since =
        yaml.getContextMark()
            .map(from -> ", %s from line %d".formatted(yaml.getContext(), from.getLine() + 1))
            .orElse("");
    return "%s:%d: %s%s"
        .formatted(RouteFiles.name(mark.getName()), mark.getLine() + 1, yaml.getProblem(), since);
  }
}
