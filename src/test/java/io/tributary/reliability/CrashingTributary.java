package io.tributary.reliability;

import io.tributary.Tributary;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.RecoverableAggregationRepository;
import org.apache.camel.spi.Registry;

/**
 * Tributary with the shipped routes, but it halts at a step that the environment names. A step is a
 * node of a route, or a call of the aggregator to its repository, as {@code
 * mergeRepository.remove}.
 */
public final class CrashingTributary {
  /** The step, by its id. */
  static final String STEP = "CRASH_STEP";

  /** {@code BEFORE} or {@code AFTER} the step. */
  static final String SIDE = "CRASH_SIDE";

  /** How many times the step is reached until it halts, counted from 1. */
  static final String PASS = "CRASH_PASS";

  private static final String REPOSITORY = "mergeRepository";
  private static final int NO_SUCH_STEP = 98;

  private CrashingTributary() {}

  public static void main(String[] args) throws Exception {
    Crash crash =
        new Crash(
            System.getenv(STEP),
            Crash.Side.valueOf(System.getenv(SIDE)),
            Integer.parseInt(System.getenv(PASS)));
    Main main = Tributary.create();
    main.bind("crash", crash);
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void afterConfigure(BaseMainSupport configured) {
            wrapRepository(configured.getCamelContext().getRegistry(), crash);
          }

          @Override
          public void afterStart(BaseMainSupport started) {
            if (!crash.isPlaced()) {
              Runtime.getRuntime().halt(NO_SUCH_STEP);
            }
          }
        });
    main.run(args);
  }

  private static void wrapRepository(Registry beans, Crash crash) {
    var repository = beans.lookupByNameAndType(REPOSITORY, RecoverableAggregationRepository.class);
    for (Method method : RecoverableAggregationRepository.class.getMethods()) {
      crash.place(REPOSITORY + "." + method.getName());
    }
    Object crashing =
        Proxy.newProxyInstance(
            CrashingTributary.class.getClassLoader(),
            new Class<?>[] {RecoverableAggregationRepository.class},
            (proxy, method, arguments) -> {
              String step = REPOSITORY + "." + method.getName();
              crash.pass(step, Crash.Side.BEFORE);
              try {
                Object result = method.invoke(repository, arguments);
                crash.pass(step, Crash.Side.AFTER);
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    // The registry keeps one bean for each type of a name.
    beans.unbind(REPOSITORY);
    beans.bind(REPOSITORY, crashing);
  }
}
