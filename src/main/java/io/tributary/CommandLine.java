package io.tributary;

import io.tributary.merge.SetAside;
import io.tributary.merge.StateException;
import io.tributary.replay.ReplayCommand;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands beside running, and the refusal of what is none. Camel's options are Camel's. */
final class CommandLine extends Main {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);

  /** The command that takes a damaged state folder out of the way. */
  static final String SET_ASIDE = "set-aside";

  /** The command that asks a running Tributary whether it is alive. */
  static final String HEALTH = "health";

  /** The command that has a running Tributary send dead letters back; its options follow. */
  static final String REPLAY = "replay";

  private static final int CANNOT = 1;
  private static final int UNKNOWN = 2;

  private CommandLine() {}

  /** Executes a command; its exit status, or nothing when Tributary is to be started. */
  static OptionalInt execute(String... args) {
    if (args.length == 0 || new CommandLine().isOption(args[0])) {
      return OptionalInt.empty();
    }
    if (args[0].equals(REPLAY)) {
      return OptionalInt.of(replay(Arrays.asList(args).subList(1, args.length)));
    }
    return OptionalInt.of(
        switch (String.join(" ", args)) {
          case SET_ASIDE -> setAside();
          case HEALTH -> health();
          default -> unknown(args);
        });
  }

  private static int unknown(String... args) {
    LOG.error(
        "Tributary does not know '{}': without an argument it runs, with {} it takes a damaged state"
            + " folder out of the way, with {} it asks a running one whether it is alive, and with {}"
            + " it has that send dead letters back",
        LogText.oneLine(String.join(" ", args), 200),
        SET_ASIDE,
        HEALTH,
        REPLAY);
    return UNKNOWN;
  }

  private static int replay(List<String> arguments) {
    try {
      Settings settings = new CommandLine().settings();
      return ReplayCommand.run(settings.stateDir(), arguments, System.out::println) ? 0 : CANNOT;
    } catch (SettingException | IOException e) {
      LOG.error("The replay is not done: {}", LogText.oneLine(String.valueOf(e.getMessage())));
      return CANNOT;
    } catch (IllegalArgumentException e) {
      LOG.error("{}: {}", LogText.oneLine(String.valueOf(e.getMessage())), ReplayCommand.USAGE);
      return UNKNOWN;
    }
  }

  private static int health() {
    try {
      System.out.println(HealthCommand.ask(new CommandLine().settings()));
      return 0;
    } catch (SettingException | IOException e) {
      LOG.error("Tributary is not alive: {}", LogText.oneLine(String.valueOf(e.getMessage())));
      return CANNOT;
    }
  }

  private static int setAside() {
    try {
      SetAside.run(new CommandLine().settings(), Clock.systemUTC()).forEach(System.out::println);
      return 0;
    } catch (SettingException | StateException e) {
      LOG.error("Nothing was set aside: {}", LogText.oneLine(String.valueOf(e.getMessage())));
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
