package io.tributary.reload;

import io.tributary.intake.ReadGate;
import io.tributary.logging.LogText;
import io.tributary.merge.Sections;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.FileWatcherResourceReloadStrategy;
import org.apache.camel.support.PluginHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes edited routes take effect while messages flow: all are tried, and then all are exchanged.
 * Camel's own strategy for that removes the routes before it reads the new ones, and passes over
 * those of templates; so only its watcher is used.
 */
public final class RoutesReload extends FileWatcherResourceReloadStrategy {
  private static final Logger LOG = LoggerFactory.getLogger(RoutesReload.class);
  private static final long UNCHANGED_MILLIS = 250;

  /**
   * Seconds for what is under way in all routes together, of which one is for each at the least.
   */
  private static final long LONGEST_STOP = 6;

  private final ModelCamelContext context;
  private final Path folder;
  private final Sections sections;
  private final ReadGate gate;
  private final Runnable reloaded;
  private RouteFiles running;
  private RouteFiles tried;

  /**
   * Reads the files, as the routes that are about to start.
   *
   * @param gate keeps polls away while routes are exchanged
   * @param reloaded is run when there are other routes
   */
  public RoutesReload(
      ModelCamelContext context, Path folder, Sections sections, ReadGate gate, Runnable reloaded) {
    super(folder.toString());
    this.context = context;
    this.folder = folder;
    this.sections = sections;
    this.gate = gate;
    this.reloaded = reloaded;
    this.running = RouteFiles.read(folder);
    this.tried = running;
    setResourceReload((name, resource) -> look());
  }

  /** The first notice of a change comes while it is still being written. */
  private void look() throws InterruptedException {
    RouteFiles before;
    RouteFiles found = RouteFiles.read(folder);
    do {
      before = found;
      TimeUnit.MILLISECONDS.sleep(UNCHANGED_MILLIS);
      found = RouteFiles.read(folder);
    } while (!found.equals(before) || context.isStarting());
    if (found.equals(tried) || !context.isStarted()) {
      return;
    }
    tried = found;
    try {
      tryOut(context, found);
      exchange(found);
    } catch (Exception e) {
      LOG.error(
          "Routes not reloaded, those of before run on: {}",
          LogText.oneLine(String.valueOf(e.getMessage())));
      LOG.debug("The whole error", e);
    }
  }

  /** Builds all routes in a context of their own, with the beans and properties of the other. */
  static void tryOut(CamelContext running, RouteFiles files) throws Exception {
    files.check(running);
    try (Trial trial = new Trial()) {
      try {
        trial.disableJMX();
        trial.getCamelContextExtension().setRegistry(new DefaultRegistry(running.getRegistry()));
        trial
            .getPropertiesComponent()
            .setInitialProperties(running.getPropertiesComponent().loadProperties());
        trial.build();
        PluginHelper.getRoutesLoader(trial).loadRoutes(files.resources());
        new Sections(trial).checkStreams();
        trial.startRouteDefinitions();
      } catch (Exception e) {
        throw new IllegalArgumentException(RouteFiles.words(e, trial), e);
      }
    }
  }

  private void exchange(RouteFiles wanted) throws Exception {
    sections.keep();
    gate.hold();
    try {
      replace(wanted);
      running = wanted;
      LOG.info("Routes reloaded: {}", context.getRoutes().stream().map(Route::getRouteId).toList());
    } catch (Exception e) {
      try {
        replace(running);
      } catch (Exception worse) {
        e.addSuppressed(worse);
        LOG.error("The routes of before cannot be put back either: restart Tributary");
      }
      throw e;
    } finally {
      sections.keep();
      reloaded.run();
      gate.release();
    }
  }

  private void replace(RouteFiles files) throws Exception {
    stopRoutes();
    context.removeRouteTemplateDefinitions("*");
    for (var configuration : List.copyOf(context.getRouteConfigurationDefinitions())) {
      context.removeRouteConfiguration(configuration);
    }
    if (context.isStarted()) { // or it stops meanwhile
      PluginHelper.getRoutesLoader(context).loadRoutes(files.resources());
    }
  }

  /** Camel looks once a second only whether a route that it stops has come to its end. */
  private void stopRoutes() throws Exception {
    long begin = System.nanoTime();
    while (context.getInflightRepository().size() > 0 && secondsSince(begin) < 1) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    List<String> callersFirst =
        new ArrayList<>(context.getRoutes().stream().map(Route::getRouteId).toList());
    Collections.reverse(callersFirst);
    for (String route : callersFirst) {
      long left = Math.max(1, LONGEST_STOP - secondsSince(begin));
      context.getRouteController().stopRoute(route, left, TimeUnit.SECONDS);
      context.removeRoute(route);
    }
  }

  private static long secondsSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanoTime);
  }

  private static final class Trial extends DefaultCamelContext {
    Trial() {
      super(false);
    }

    /** Not even what a route consists of: an aggregator, once started, recovers batches. */
    @Override
    public void startRouteService(RouteService routeService, boolean addingRoutes) {}
  }
}
