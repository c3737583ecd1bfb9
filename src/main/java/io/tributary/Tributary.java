package io.tributary;

import java.util.Optional;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Tributary: the routes in {@code routes/} and the settings in {@code
 * application.properties}, both in the working directory.
 */
public final class Tributary {
  private static final Logger LOG = LoggerFactory.getLogger(Tributary.class);

  private Tributary() {}

  /** Runs until SIGTERM; ends with status 1 and one line when it cannot start. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try {
      Main main = create();
      main.run(args);
      return main.getExitCode();
    } catch (Exception e) {
      Optional<SettingException> setting = settingAmong(e);
      if (setting.isPresent()) {
        LOG.error("Tributary cannot start: {}", setting.get().getMessage());
      } else {
        LOG.error("Tributary cannot start", e);
      }
      return 1;
    }
  }

  /** Camel's main class, set up for Tributary and not yet started. */
  public static Main create() {
    Main main = new Main();
    main.addMainListener(new SettingsCheck());
    main.setPropertyPlaceholderLocations("file:application.properties");
    // Not in application.properties: Camel JBang would load the YAML before it compiles the Java.
    main.configure().withRoutesIncludePattern("file:routes/*.camel.yaml");
    main.configure().addConfiguration(new TributaryConfiguration());
    return main;
  }

  /** Refuses bad settings before Camel configures itself with some of them. */
  private static final class SettingsCheck extends MainListenerSupport {
    @Override
    public void beforeConfigure(BaseMainSupport main) {
      TributaryConfiguration.settings(main.getCamelContext());
    }
  }

  private static Optional<SettingException> settingAmong(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SettingException setting) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }
}
