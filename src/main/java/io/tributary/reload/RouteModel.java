package io.tributary.reload;

import io.tributary.merge.Sections;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.PropertiesComponent;
import org.jspecify.annotations.Nullable;

/** Routes as Camel has read them. It looks for some mistakes only when a message passes there. */
final class RouteModel {
  private static final String DIRECT = "direct:";

  private final ModelCamelContext context;
  private final RouteFiles files;
  private final Set<String> called = new HashSet<>();

  /** By the name of a {@code direct:}, who calls it; in the order in which they are found. */
  private final Map<String, String> callers = new LinkedHashMap<>();

  private RouteModel(ModelCamelContext context, RouteFiles files) {
    this.context = context;
    this.files = files;
  }

  /**
   * Looks at all routes of a context, which need not be started.
   *
   * @param files where they stand
   * @throws IllegalArgumentException for the first mistake
   */
  static void check(ModelCamelContext context, RouteFiles files) {
    new Sections(context).checkStreams();
    RouteModel model = new RouteModel(context, files);
    for (RouteConfigurationDefinition configuration : context.getRouteConfigurationDefinitions()) {
      String owner = "routeConfiguration '" + configuration.getId() + "'";
      configuration.getOnExceptions().forEach(policy -> model.look(owner, policy.getOutputs()));
    }
    context.getRouteDefinitions().forEach(model::look);
    model.checkCalls();
  }

  /** Whether a route is there for others to call, and takes nothing in by itself. */
  static boolean isCalled(String uri) {
    return uri.startsWith(DIRECT);
  }

  private void look(RouteDefinition route) {
    PropertiesComponent properties = context.getPropertiesComponent();
    Properties parameters = new Properties();
    Optional.ofNullable(route.getTemplateParameters()).ifPresent(parameters::putAll);
    properties.setLocalProperties(parameters);
    try {
      direct(route.getInput().getEndpointUri()).ifPresent(called::add);
      look("route '" + route.getRouteId() + "'", route.getOutputs());
    } finally {
      properties.setLocalProperties(null);
    }
  }

  private void look(String owner, List<ProcessorDefinition<?>> nodes) {
    for (ProcessorDefinition<?> node : nodes) {
      if (node instanceof BeanDefinition bean) {
        checkMethod(owner, node, bean.getRef(), bean.getMethod());
      } else if (node instanceof SendDefinition<?> to) {
        noteCall(owner, node, to.getEndpointUri());
      } else if (node instanceof ToDynamicDefinition to) {
        noteCall(owner, node, to.getUri());
      } else if (node instanceof ExpressionNode filter) {
        if (filter.getExpression() instanceof MethodCallExpression call) {
          checkMethod(owner, node, call.getRef(), call.getMethod());
        } else if (filter.getExpression() instanceof ConstantExpression enriched) {
          noteCall(owner, node, enriched.getExpression());
        }
      }
      look(owner, node.getOutputs());
    }
  }

  private void noteCall(String owner, ProcessorDefinition<?> node, @Nullable String uri) {
    String id = node.getId();
    String in = id == null ? "" : " in '" + context.resolvePropertyPlaceholders(id) + "'";
    direct(uri).ifPresent(name -> callers.putIfAbsent(name, place(owner, node) + " calls it" + in));
  }

  private void checkCalls() {
    callers.keySet().removeAll(called);
    if (!callers.isEmpty()) {
      throw new IllegalArgumentException(
          callers.entrySet().stream()
              .map(call -> "no route has " + DIRECT + call.getKey() + "; " + call.getValue())
              .collect(Collectors.joining("; ")));
    }
  }

  /** The name of a {@code direct:}; nothing for what is none, or is found out for each message. */
  private Optional<String> direct(@Nullable String uri) {
    return Optional.ofNullable(uri)
        .filter(text -> !text.contains("${"))
        .map(context::resolvePropertyPlaceholders)
        .filter(RouteModel::isCalled)
        .map(
            text ->
                text.substring(DIRECT.length()).replaceFirst("^//", "").replaceFirst("\\?.*", ""));
  }

  /** Camel looks for a bean's method when it is called for the first time. */
  private void checkMethod(
      String owner, ProcessorDefinition<?> node, @Nullable String ref, @Nullable String method) {
    if (ref == null || method == null) {
      return;
    }
    String name = method.replaceFirst("\\(.*", "");
    Object bean = context.getRegistry().lookupByName(ref);
    if (bean != null
        && Arrays.stream(bean.getClass().getMethods()).noneMatch(m -> m.getName().equals(name))) {
      throw new IllegalArgumentException(
          place(owner, node) + ": the bean '" + ref + "' has no method '" + name + "'");
    }
  }

  /** The line is known where the model was made to look for mistakes. */
  private String place(String owner, ProcessorDefinition<?> node) {
    String file = node.getLocation();
    String line =
        file == null
            ? files.fileOf(owner).map(found -> found + ": ").orElse("")
            : RouteMistakes.withoutScheme(file) + ":" + node.getLineNumber() + ": ";
    return line + "the " + owner;
  }
}
