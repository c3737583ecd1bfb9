package io.tributary.reload;

import io.tributary.merge.Sections;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.DefaultRegistry;
import org.jspecify.annotations.Nullable;

/** Builds routes of which nothing is ever started, to see what is wrong with them. */
final class RoutesTrial extends DefaultCamelContext {
  private RoutesTrial(CamelContext running) {
    super(false);
    disableJMX();
    setSourceLocationEnabled(true);
    getCamelContextExtension().setRegistry(new DefaultRegistry(running.getRegistry()));
    getPropertiesComponent().addPropertiesSource(new PropertiesOf(running));
  }

  /**
   * Builds all routes, with the beans and the properties of the running context.
   *
   * @throws Exception what is wrong, with the place
   */
  static void run(CamelContext running, RouteFiles files) throws Exception {
    try (RoutesTrial trial = new RoutesTrial(running)) {
      trial.build();
      files.load(trial, id -> true);
      new Sections(trial).checkStreams();
      trial.getRouteDefinitions().forEach(route -> trial.checkMethods(route.getOutputs()));
      trial.startRouteDefinitions();
    }
  }

  /** Camel looks for a bean's method when it is called for the first time. */
  private void checkMethods(List<ProcessorDefinition<?>> nodes) {
    for (ProcessorDefinition<?> node : nodes) {
      if (node instanceof BeanDefinition bean) {
        checkMethod(node, bean.getRef(), bean.getMethod());
      } else if (node instanceof ExpressionNode filter
          && filter.getExpression() instanceof MethodCallExpression call) {
        checkMethod(node, call.getRef(), call.getMethod());
      }
      checkMethods(node.getOutputs());
    }
  }

  private void checkMethod(
      ProcessorDefinition<?> node, @Nullable String ref, @Nullable String method) {
    if (ref == null || method == null) {
      return;
    }
    String name = method.replaceFirst("\\(.*", "");
    Object bean = getRegistry().lookupByName(ref);
    if (bean != null
        && Arrays.stream(bean.getClass().getMethods()).noneMatch(m -> m.getName().equals(name))) {
      throw new IllegalArgumentException(
          RouteMistakes.withoutScheme(String.valueOf(node.getLocation()))
              + ":"
              + node.getLineNumber()
              + ": the bean '"
              + ref
              + "' has no method '"
              + name
              + "'");
    }
  }

  /** Not even what a route consists of: an aggregator, once started, recovers batches. */
  @Override
  public void startRouteService(RouteService routeService, boolean addingRoutes) {}

  private record PropertiesOf(CamelContext context) implements PropertiesSource {
    @Override
    public String getName() {
      return "running";
    }

    @Override
    public @Nullable String getProperty(String name) {
      return context.getPropertiesComponent().resolveProperty(name).orElse(null);
    }
  }
}
