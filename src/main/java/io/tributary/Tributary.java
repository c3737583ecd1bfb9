package io.tributary;

import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import io.tributary.memory.OutOfMemory;
import io.tributary.reload.RouteFiles;
import io.tributary.settings.ManagementAccess;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Tributary: the routes in {@code routes/} and the settings in {@code
 * application.properties}, both in the working directory.
 */
public final class Tributary {
  private static final Logger LOG = LoggerFactory.getLogger(Tributary.class);

  private static final String SETTINGS_FILE = "application.properties";
  private static final String SETTINGS = "file:" + SETTINGS_FILE;
  static final Path ROUTES = Path.of("routes");
  private static final String ROUTES_FILES = ROUTES + "/*.camel.yaml";

  static final Duration LONGEST_STOP = Duration.ofSeconds(9);

  /** JEP 498. */
  private static final int UNSAFE_IS_WARNED_OF = 24;

  private Tributary() {}

  /**
   * Without arguments, runs until SIGTERM; ends with status 1 and one line when it cannot start,
   * and with status 3 when its memory does not suffice. With arguments, see {@link Commands}.
   */
  public static void main(String[] args) {
    OutOfMemory.watchThreads();
    System.exit(args.length == 0 ? start() : Commands.execute(args));
  }

  private static int start() {
    CountDownLatch stopped = new CountDownLatch(1);
    AtomicReference<@Nullable Main> running = new AtomicReference<>();
    AtomicBoolean signalled = new AtomicBoolean();
    Runnable stop =
        () -> {
          signalled.set(true);
          stop(running.get(), stopped);
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    Main main = create();
    main.setShutdownStrategy(new SimpleMainShutdownStrategy());
    running.set(main);
    try {
      return attempt(
          main,
          "Tributary cannot start",
          () -> {
            run(main, signalled);
            LOG.info("Stopped");
            return main.getExitCode();
          });
    } finally {
      stopped.countDown();
    }
  }

  /** A start that a signal ends has not failed. */
  private static void run(Main main, AtomicBoolean signalled) throws Exception {
    try {
      main.run();
    } catch (Exception e) {
      if (!signalled.get()) {
        throw e;
      }
      LOG.debug("The start has been broken off", e);
    }
  }

  /** Does a work that needs Camel; 1, and one line that says why, when it cannot be done. */
  static int attempt(Main main, String refusal, Callable<Integer> work) {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      LOG.error(
          "{}: there is no {} in '{}', from where it reads {} and {}",
          refusal,
          missing.get(),
          Path.of("").toAbsolutePath(),
          SETTINGS_FILE,
          ROUTES_FILES);
      return 1;
    }
    try {
      return work.call();
    } catch (Exception e) {
      OutOfMemory.endIfAmong(e);
      SettingException setting = Causes.first(e, SettingException.class);
      String why =
          setting == null
              ? LogText.oneLine(RouteFiles.words(e, main.getCamelContext()))
              : setting.getMessage();
      LOG.error("{}: {}", refusal, why);
      LOG.debug("The whole error", e);
      return 1;
    }
  }

  /** What has to be in the working directory, and is not. */
  private static Optional<String> missing() {
    if (!Files.exists(Path.of(SETTINGS_FILE))) {
      return Optional.of(SETTINGS_FILE);
    }
    String[] files = ROUTES.toFile().list((folder, name) -> name.endsWith(".camel.yaml"));
    return files == null || files.length == 0 ? Optional.of(ROUTES_FILES) : Optional.empty();
  }

  /** A signal is an orderly end: it has exit status 0, which the JVM alone would not give. */
  private static void stop(@Nullable Main main, CountDownLatch stopped) {
    if (stopped.getCount() == 0) {
      return;
    }
    if (main == null) {
      Runtime.getRuntime().halt(0); // nothing has begun
      return;
    }
    main.completed();
    try {
      boolean inTime = stopped.await(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS);
      Runtime.getRuntime().halt(inTime ? 0 : 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Camel's main class, set up for Tributary and not yet started. */
  public static Main create() {
    return create(new TributaryConfiguration());
  }

  static Main create(CamelConfiguration configuration) {
    // Java warns of Netty's use of Unsafe, on the console and in no format of the log.
    if (Runtime.version().feature() >= UNSAFE_IS_WARNED_OF) {
      System.getProperties().putIfAbsent("io.netty.noUnsafe", "true");
    }
    Main main = new Main();
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeConfigure(BaseMainSupport configured) {
            ManagementAccess.apply(Settings.of(main.getCamelContext()), main);
          }
        });
    main.setPropertyPlaceholderLocations(SETTINGS);
    // Not in application.properties: Camel JBang would load the YAML before it compiles the Java.
    main.configure().withRoutesIncludePattern("file:" + ROUTES_FILES);
    main.configure().addConfiguration(configuration);
    return main;
  }

  /**
   * The settings alone, without anything that runs.
   *
   * @throws SettingException when one cannot be used
   */
  static Settings settings() {
    CamelContext context = new DefaultCamelContext(false);
    context.getPropertiesComponent().setLocation(SETTINGS);
    return Settings.of(context);
  }
}
