package io.tributary;

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

  private static final Duration LONGEST_STOP = Duration.ofSeconds(9);

  private Tributary() {}

  /**
   * Runs until SIGTERM; ends with status 1 and one line when it cannot start. With {@code
   * set-aside} it takes a damaged state folder out of the way instead, with {@code health} it asks
   * a running one whether it is alive, and with {@code replay} it has that send dead letters back;
   * another argument has status 2.
   */
  public static void main(String[] args) {
    System.exit(CommandLine.execute(args).orElseGet(() -> run(args)));
  }

  private static int run(String[] args) {
    if (!Files.exists(Path.of(SETTINGS_FILE))) {
      LOG.error(
          "Tributary cannot start: there is no {} in '{}', from where it and routes/ are read",
          SETTINGS_FILE,
          Path.of("").toAbsolutePath());
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
      Optional<SettingException> setting = settingAmong(e, main);
      if (setting.isPresent()) {
        LOG.error("Tributary cannot start: {}", setting.get().getMessage());
      } else {
        LOG.error("Tributary cannot start: {}", LogText.oneLine(rootCause(e).toString()), e);
      }
      return 1;
    } finally {
      stopped.countDown();
    }
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
    Main main = new Main();
    main.addMainListener(new SettingsCheck(main));
    main.setPropertyPlaceholderLocations(SETTINGS);
    // Not in application.properties: Camel JBang would load the YAML before it compiles the Java.
    main.configure().withRoutesIncludePattern("file:routes/*.camel.yaml");
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
      LogFormat.apply(CamelSettings.text(main.getCamelContext(), Setting.LOG_FORMAT));
      CamelSettings.of(main.getCamelContext()).managementAccess().applyTo(main);
    }
  }

  private static String brokers(Main main) {
    return CamelSettings.of(main.getCamelContext()).bootstrapServers();
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static Optional<SettingException> settingAmong(Throwable failure, Main main) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
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
