package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tributary.event.Reason;
import io.tributary.logging.Causes;
import io.tributary.logging.LogText;
import io.tributary.reload.RouteFiles;
import io.tributary.replay.Replay;
import io.tributary.settings.KafkaSecurity;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.tracing.Tracing;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URL;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** What the arguments of the command line ask for. Without any, none of this is loaded. */
@Command(
    name = "java -jar target/tributary.jar",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = HelpCommand.class,
    description =
        "Without a command, Tributary runs until SIGTERM. It reads application.properties and"
            + " routes/*.camel.yaml from the working directory. Every setting is an environment"
            + " variable: see README.md.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:it is done",
      "1:it is not; the last line says why",
      "2:the arguments cannot be used",
      "3:the memory does not suffice",
      "130, 143:stopped by Ctrl-C or SIGTERM"
    })
public final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  private static final int PATIENCE_MILLIS = 3_000;

  private static final Map<String, String> NOBODY_LISTENS =
      Map.of(
          "camel.main.name", "tributary-replay",
          "camel.main.jmxEnabled", "false",
          "camel.management.enabled", "false",
          "camel.metrics.enabled", "false",
          "camel.health.enabled", "false");

  private final Map<String, String> properties;
  private final CommandLine line;

  private Commands(Map<String, String> properties) {
    this.properties = properties;
    this.line = new CommandLine(this);
    line.registerConverter(Reason.class, Commands::reason);
    String version = "Tributary " + Setting.SERVICE_VERSION.defaultValue();
    line.getCommandSpec().version(version);
    line.getSubcommands().values().forEach(each -> each.getCommandSpec().version(version));
  }

  /** Executes a command; its exit status. */
  static int execute(String... arguments) {
    return new Commands(Map.of()).line.execute(arguments);
  }

  /**
   * Executes a command in a JVM that goes on.
   *
   * @param properties what differs from {@code application.properties}
   * @param out gets what was asked for
   * @param err gets what is wrong with the arguments
   * @return its exit status
   */
  public static int execute(
      Map<String, String> properties, PrintWriter out, PrintWriter err, String... arguments) {
    return new Commands(properties).line.setOut(out).setErr(err).execute(arguments);
  }

  @Command(description = "Asks the Tributary that runs with these settings whether it is alive.")
  int health() {
    try {
      line.getOut().println(askHealth(Tributary.settings()));
      return 0;
    } catch (RuntimeException | IOException e) {
      LOG.error("Tributary is not alive: {}", LogText.oneLine(Causes.words(e)));
      return 1;
    }
  }

  /** Who binds to every address, as in a container, is asked on the loopback address. */
  private static String askHealth(Settings settings) throws IOException {
    InetAddress bound = InetAddress.getByName(settings.text(Setting.MANAGEMENT_HOST));
    InetAddress asked = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    int port = settings.whole(Setting.MANAGEMENT_PORT);
    URL live = new URL("http", asked.getHostAddress(), port, "/observe/health/live");
    int status;
    try {
      HttpURLConnection connection = (HttpURLConnection) live.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_OK) {
        return new String(connection.getInputStream().readAllBytes(), UTF_8);
      }
    } catch (IOException e) {
      throw new IOException("nobody answers at " + live + ": " + e.getMessage(), e);
    }
    throw new IOException(live + " answers " + status);
  }

  @Command(
      description =
          "Sends dead letters back to where they came from: those that all filters let pass, each once."
              + " A Tributary that runs with the same settings is not disturbed.")
  int replay(
      @Option(names = "--reason", description = "Those with this reason, as refused-by-api.")
          @Nullable Reason reason,
      @Option(names = "--from", description = "Not before, as 2024-02-08T10:30:00Z.")
          @Nullable Instant from,
      @Option(names = "--to", description = "Not after.") @Nullable Instant to,
      @Option(
              names = "--id",
              description = "An event id, message ID or place, as customer_data-0@17.")
          @Nullable String id,
      @Option(names = "--all", description = "All of them.") boolean all,
      @Option(names = "--dry-run", description = "Only list them.") boolean dry) {
    boolean filtered = reason != null || from != null || to != null || id != null;
    if (all ? filtered : !filtered && !dry) {
      throw new ParameterException(
          line.getSubcommands().get("replay"),
          all
              ? "With --all nothing else says what is meant"
              : "What is meant? --all sends all dead letters back");
    }
    Replay replay =
        new Replay(new Replay.Request(reason, from, to, id, dry), line.getOut()::println);
    Main main = Tributary.create(new ReplayRoutes(replay));
    main.setShutdownStrategy(new SimpleMainShutdownStrategy());
    NOBODY_LISTENS.forEach(main::addOverrideProperty);
    properties.forEach(main::addOverrideProperty);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(replay, ended), "stop"));
    try {
      return Tributary.attempt(
          main,
          "The replay is not done",
          () -> {
            main.start();
            CamelContext context = main.getCamelContext();
            return replay.run(context, Settings.of(context)) ? 0 : 1;
          });
    } finally {
      main.stop();
      ended.countDown();
    }
  }

  /** Lets it come to the end of the dead letter that it is at. */
  private static void stop(Replay replay, CountDownLatch ended) {
    replay.stop();
    try {
      if (!ended.await(Tributary.LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("The replay is cut off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Reason reason(String label) {
    List<Reason> known = List.of(Reason.values());
    return known.stream()
        .filter(reason -> reason.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "there is no reason '%s'; there are %s"
                        .formatted(label, known.stream().map(Reason::label).toList())));
  }

  /** Camel with what a replay needs, and nothing that takes in or merges. */
  private record ReplayRoutes(Replay replay) implements CamelConfiguration {
    @Override
    public void configure(CamelContext context) {
      Settings settings = Settings.of(context);
      RouteFiles.read(Tributary.ROUTES).check(context);
      KafkaSecurity.apply(settings, context);
      TributaryConfiguration.bindApiClient(context, settings, new SimpleMeterRegistry());
      context.getRegistry().bind("tracing", Tracing.off());
      replay.chooseRoutes(context);
    }
  }
}
