package io.tributary.reload;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
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
      RouteModel.check(trial, files);
      trial.startRouteDefinitions();
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
