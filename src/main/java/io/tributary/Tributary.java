package io.tributary;

import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import io.tributary.logging.Logging;
import io.tributary.memory.OutOfMemory;
import io.tributary.reload.RouteMistakes;
import io.tributary.settings.CamelSettings;
import io.tributary.settings.ManagementAccess;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Tributary: the routes in {@code routes/} and the settings in {@code
 * application.properties}, both in the working directory.
 */
public final class Tributary {
  private static final Logger LOG = LoggerFactory.getLogger(Tributary.class);

  private static final String SETTINGS_FILE = "application.properties";
  static final String SETTINGS = "file:" + SETTINGS_FILE;
  static final Path ROUTES = Path.of("routes");
  private static final String ROUTES_FILES = ROUTES + "/*.camel.yaml";

  private static final Duration LONGEST_STOP = Duration.ofSeconds(9);

  /** JEP 498. */
  private static final int UNSAFE_IS_WARNED_OF = 24;

  private Tributary() {}

  /**
   * Runs until SIGTERM; ends with status 1 and one line when it cannot start, and with status 3
   * when its memory does not suffice. With {@code health} it asks a running one whether it is alive
   * instead, with {@code replay} it has that send dead letters back, with {@code version} it says
   * which one it is, and with {@code help} it lists these; another argument has status 2.
   */
  public static void main(String[] args) {
    OutOfMemory.watchThreads();
    System.exit(CommandLine.execute(System.out, System.err, args).orElseGet(() -> run(args)));
  }

  private static int run(String[] args) {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      LOG.error(
          "Tributary cannot start: there is no {} in '{}', from where it reads {} and {}",
          missing.get(),
          Path.of("").toAbsolutePath(),
          SETTINGS_FILE,
          ROUTES_FILES);
      return 1;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Main main = create();
    try {
      main.setShutdownStrategy(new SimpleMainShutdownStrategy());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main, stopped), "stop"));
      main.run(args);
      LOG.info("Stopped");
      return main.getExitCode();
    } catch (Exception e) {
      OutOfMemory.endIfAmong(e);
      Optional<SettingException> setting = settingAmong(e, main);
      if (setting.isPresent()) {
        LOG.error("Tributary cannot start: {}", setting.get().getMessage());
      } else {
        String words = RouteMistakes.words(e, main.getCamelContext(), ROUTES);
        LOG.error("Tributary cannot start: {}", LogText.oneLine(words));
        LOG.debug("The whole error", e);
      }
      return 1;
    } finally {
      stopped.countDown();
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
  private static void stop(Main main, CountDownLatch stopped) {
    if (stopped.getCount() == 0) {
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
    // Java warns of Netty's use of Unsafe, on the console and in no format of the log.
    if (Runtime.version().feature() >= UNSAFE_IS_WARNED_OF) {
      System.getProperties().putIfAbsent("io.netty.noUnsafe", "true");
    }
    Main main = new Main();
    main.addMainListener(new SettingsCheck(main));
    main.setPropertyPlaceholderLocations(SETTINGS);
    // Not in application.properties: Camel JBang would load the YAML before it compiles the Java.
    main.configure().withRoutesIncludePattern("file:" + ROUTES_FILES);
    main.configure().addConfiguration(new TributaryConfiguration());
    return main;
  }

  /** Refuses bad settings before Camel configures itself with some of them. */
  private static final class SettingsCheck extends MainListenerSupport {
    private final Main main;

    SettingsCheck(Main main) {
      this.main = main;
    }

    @Override
    public void beforeConfigure(BaseMainSupport configured) {
      // First, since it is the format of the line that says which setting cannot be used.
      Logging.setFormat(CamelSettings.text(main.getCamelContext(), Setting.LOG_FORMAT));
      Settings settings = CamelSettings.of(main.getCamelContext());
      Logging.setLevel(settings.text(Setting.LOG_LEVEL));
      ManagementAccess.from(settings).applyTo(main);
    }
  }

  private static String brokers(Main main) {
    return CamelSettings.of(main.getCamelContext()).text(Setting.KAFKA_BOOTSTRAP_SERVERS);
  }

  private static Optional<SettingException> settingAmong(Throwable failure, Main main) {
    for (Throwable t : Causes.of(failure)) {
      if (t instanceof SettingException setting) {
        return Optional.of(setting);
      }
      if (t instanceof ConfigException kafka) {
        return Optional.of(
            new SettingException(
                Setting.KAFKA_BOOTSTRAP_SERVERS,
                brokers(main),
                String.valueOf(kafka.getMessage())));
      }
    }
    return Optional.empty();
  }
}
