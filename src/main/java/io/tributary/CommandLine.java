package io.tributary;

import io.tributary.logging.LogText;
import io.tributary.replay.ReplayCommand;
import io.tributary.settings.CamelSettings;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the commands other than starting, and refuses arguments that are none. Camel's own options
 * are left to Camel.
 */
final class CommandLine extends Main {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);

  /** The command that asks a running Tributary whether it is alive. */
  static final String HEALTH = "health";

  /** The command that has a running Tributary send dead letters back; its options follow. */
  static final String REPLAY = "replay";

  private static final List<String> HELP = List.of("help", "-help", "--help", "-h");
  private static final List<String> VERSION = List.of("version", "-version", "--version");
  private static final String JAR = "java -jar target/tributary.jar";
  private static final String USAGE =
      """
      Usage: %s [command]

      (no command)     run until SIGTERM; application.properties and routes/*.camel.yaml are read
                       from the working directory
      health           ask the Tributary that runs with these settings whether it is alive
      replay           have it send dead letters back to where they came from, those with
        --reason <reason>            this reason, as refused-by-api
        --from <time>, --to <time>   a time not before, not after, as 2024-02-08T10:30:00Z
        --id <id>                    this event id, message ID or place, as customer_data-0@17
        --all                        all of them
        --dry-run                    only list them
      version          show which version this is
      help             show this

      Every setting is an environment variable: see README.md, and docs/operating.md for the rest.
      """
          .formatted(JAR);

  private static final int CANNOT = 1;
  private static final int UNKNOWN = 2;

  private CommandLine() {}

  /**
   * Executes a command; its exit status, or nothing when Tributary is to be started.
   *
   * @param out gets what was asked for
   * @param err gets what is wrong with the arguments
   */
  static OptionalInt execute(PrintStream out, PrintStream err, String... args) {
    if (args.length == 0) {
      return OptionalInt.empty();
    }
    List<String> options = Arrays.asList(args).subList(1, args.length);
    if (HELP.contains(args[0]) || options.contains("--help") || options.contains("-h")) {
      out.print(USAGE);
      return OptionalInt.of(0);
    }
    if (args.length == 1 && VERSION.contains(args[0])) {
      out.println("Tributary " + Setting.SERVICE_VERSION.defaultValue());
      return OptionalInt.of(0);
    }
    if (new CommandLine().isOption(args[0])) {
      return OptionalInt.empty();
    }
    if (args[0].equals(REPLAY)) {
      return OptionalInt.of(replay(out, err, options));
    }
    return OptionalInt.of(
        switch (String.join(" ", args)) {
          case HEALTH -> health(out);
          default -> unknown(err, args);
        });
  }

  private static int unknown(PrintStream err, String... args) {
    err.printf(
        "Tributary does not know '%s'.%n%n%s", LogText.oneLine(String.join(" ", args), 200), USAGE);
    return UNKNOWN;
  }

  private static int replay(PrintStream out, PrintStream err, List<String> arguments) {
    try {
      Settings settings = new CommandLine().settings();
      return ReplayCommand.run(settings.stateDir(), arguments, out::println) ? 0 : CANNOT;
    } catch (SettingException | IOException e) {
      LOG.error("The replay is not done: {}", LogText.oneLine(String.valueOf(e.getMessage())));
      return CANNOT;
    } catch (IllegalArgumentException e) {
      err.printf(
          "%s%nUsage: %s %s%n",
          LogText.oneLine(String.valueOf(e.getMessage())), JAR, ReplayCommand.USAGE);
      return UNKNOWN;
    }
  }

  private static int health(PrintStream out) {
    try {
      out.println(HealthCommand.ask(new CommandLine().settings()));
      return 0;
    } catch (SettingException | IOException e) {
      LOG.error("Tributary is not alive: {}", LogText.oneLine(String.valueOf(e.getMessage())));
      return CANNOT;
    }
  }

  private boolean isOption(String argument) {
    initOptions();
    return options.stream()
        .anyMatch(
            option ->
                argument.equalsIgnoreCase(option.getAbbreviation())
                    || option.getFullName().startsWith(argument));
  }

  /** The settings, without anything that runs. */
  private Settings settings() {
    try {
      setPropertyPlaceholderLocations(Tributary.SETTINGS);
      CamelContext context = createCamelContext();
      configurePropertiesService(context);
      return CamelSettings.of(context);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("The settings cannot be read", e);
    }
  }
}
