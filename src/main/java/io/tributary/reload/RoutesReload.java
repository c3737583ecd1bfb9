package io.tributary.reload;

import io.tributary.intake.ReadGate;
import io.tributary.logging.LogText;
import io.tributary.merge.Sections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes edited routes take effect while the others run on. It looks at the files itself: notices of
 * the file system come for half-written files, and not at all for some mounted ones. Camel's own
 * reload strategy removes the old routes before it reads the new ones.
 */
public final class RoutesReload extends ServiceSupport {
  private static final Logger LOG = LoggerFactory.getLogger(RoutesReload.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final ModelCamelContext context;
  private final Path folder;
  private final Sections sections;
  private final ReadGate gate;
  private final Runnable reloaded;
  private RouteFiles running;
  private RouteFiles tried;
  private RouteFiles seen;
  private @Nullable Future<?> looks;

  /**
   * Reads the files, as the routes that are about to start.
   *
   * @param gate keeps polls away while routes are exchanged
   * @param reloaded is run when there are other routes
   */
  public RoutesReload(
      ModelCamelContext context, Path folder, Sections sections, ReadGate gate, Runnable reloaded) {
    this.context = context;
    this.folder = folder;
    this.sections = sections;
    this.gate = gate;
    this.reloaded = reloaded;
    try {
      this.running = RouteFiles.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.tried = running;
    this.seen = running;
  }

  @Override
  protected void doStart() {
    long millis = INTERVAL.toMillis();
    looks =
        context
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "routes-reload")
            .scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void doStop() {
    if (looks != null) {
      looks.cancel(false);
    }
  }

  /** What was changed is taken when it stays the same from one look to the next. */
  private void look() {
    if (!context.isStarted()) {
      return;
    }
    try {
      RouteFiles found = RouteFiles.read(folder);
      boolean settled = found.equals(seen);
      seen = found;
      if (settled && !found.equals(tried)) {
        tried = found;
        reload(found);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("The routes cannot be read at this moment", e);
    }
  }

  private void reload(RouteFiles wanted) {
    try {
      RouteMistakes.check(wanted);
      RoutesTrial.run(context, wanted);
      RouteMistakes.checkUnread(wanted);
      exchange(wanted);
    } catch (Exception e) {
      LOG.error(
          "Routes not reloaded, those of before run on: {}",
          LogText.oneLine(RouteMistakes.words(e, wanted)));
      LOG.debug("The whole error", e);
    }
  }

  private void exchange(RouteFiles wanted) throws Exception {
    Map<String, Object> before = running.parts();
    Map<String, Object> after = wanted.parts();
    Set<String> gone = new LinkedHashSet<>(before.keySet());
    gone.removeIf(id -> Objects.equals(before.get(id), after.get(id)));
    Set<String> come = new LinkedHashSet<>(after.keySet());
    come.removeIf(id -> Objects.equals(before.get(id), after.get(id)));
    sections.keep();
    gate.hold();
    try {
      replace(gone, wanted, come);
      running = wanted;
      LOG.info("Routes reloaded: stopped={}, started={}", gone, come);
    } catch (Exception e) {
      putBack(come, gone, e);
      throw e;
    } finally {
      sections.keep();
      reloaded.run();
      gate.release();
    }
  }

  private void putBack(Set<String> started, Set<String> stopped, Exception why) {
    try {
      replace(started, running, stopped);
    } catch (Exception e) {
      why.addSuppressed(e);
      LOG.error(
          "The routes {} cannot be put back either, and do not run: restart Tributary", stopped);
    }
  }

  private void replace(Set<String> gone, RouteFiles files, Set<String> come) throws Exception {
    List<Route> leaving = new ArrayList<>(context.getRoutes());
    leaving.removeIf(route -> !gone.contains(route.getRouteId()));
    leaving.sort(
        Comparator.comparing(route -> RouteModel.isCalled(route.getEndpoint().getEndpointUri())));
    for (Route route : leaving) {
      awaitEndOfWork(route.getRouteId());
      context.getRouteController().stopRoute(route.getRouteId());
      context.removeRoute(route.getRouteId());
    }
    context.removeRouteTemplateDefinitions("*");
    for (var configuration : List.copyOf(context.getRouteConfigurationDefinitions())) {
      context.removeRouteConfiguration(configuration);
    }
    if (context.isStarted()) { // or it stops meanwhile
      files.load(context, come::contains);
    }
  }

  /** Camel looks once a second only whether a route that it stops has come to its end. */
  private void awaitEndOfWork(String routeId) throws InterruptedException {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (context.getInflightRepository().size(routeId) > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
