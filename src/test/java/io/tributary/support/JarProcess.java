package io.tributary.support;

import io.tributary.settings.Setting;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packaged jar, or a class of the tests beside it, as a process of its own, in a folder that
 * looks like the project's: with copies of the shipped routes and settings, and what is packaged in
 * {@code target}. What it prints is kept.
 */
public final class JarProcess implements AutoCloseable {
  private static final Path PROJECT = Path.of("").toAbsolutePath();

  /** Warns of each link that it removes from a temporary folder; that to target is meant. */
  private static final Logger TEMPORARY_FOLDERS =
      Logger.getLogger("org.junit.jupiter.engine.extension.TempDirectory$CloseablePath");

  static {
    TEMPORARY_FOLDERS.setLevel(Level.SEVERE);
  }

  private final Process process;
  private final Path output;

  private JarProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Begins the settings of a process that works in a folder. */
  public static Builder in(Path folder) {
    return new Builder(folder);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Everything that it has printed so far. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for its end; the exit status. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("Still running after " + Patience.LIMIT + ": " + output());
    }
    return process.exitValue();
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /**
   * The environment of the process. Its JVM compiles quickly rather than well, and has the classes
   * of the archive that the build made, or most of the time of the tests would go into starts.
   */
  public static final class Builder {
    private final Path folder;
    private final Map<Setting, String> settings = new EnumMap<>(Setting.class);
    private final List<String> jvmOptions =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:SharedArchiveFile=target/tributary.jsa",
                "-Xlog:cds*=off"));
    private final Map<String, String> variables = new HashMap<>();
    private List<String> program = List.of("-jar", "target/tributary.jar");
    private final List<String> arguments = new ArrayList<>();
    private @Nullable String shellLine;
    private @Nullable String left;
    private Consumer<AutoCloseable> closer = process -> {};

    private Builder(Path folder) {
      this.folder = folder;
      set(Setting.MANAGEMENT_PORT, Ports.free());
    }

    /** Has what is started closed by somebody else. */
    Builder closedBy(Consumer<AutoCloseable> owner) {
      closer = owner;
      return this;
    }

    public Builder set(Setting setting, Object value) {
      settings.put(setting, String.valueOf(value));
      return this;
    }

    public Builder jvm(String option) {
      jvmOptions.add(option);
      return this;
    }

    /** Leaves out one of the files of {@code routes/}. */
    public Builder without(String route) {
      left = route;
      return this;
    }

    /** Sets a variable that is no setting. */
    public Builder variable(String name, Object value) {
      variables.put(name, String.valueOf(value));
      return this;
    }

    /** Runs a class of the tests, which has the jar before it in its class path. */
    public Builder running(Class<?> main) {
      String classPath = "target/tributary.jar" + File.pathSeparator + "target/test-classes";
      program = List.of("-cp", classPath, main.getName());
      return this;
    }

    /** Runs a line of the shell in the jar's place. */
    public Builder shell(String line) {
      shellLine = line;
      return this;
    }

    /** Adds an argument of the command line. */
    public Builder argument(String argument) {
      arguments.add(argument);
      return this;
    }

    public JarProcess start() throws IOException {
      copyShippedFiles();
      linkTarget();
      Path output = Files.createTempFile(folder, "output", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      for (Setting setting : Setting.values()) {
        builder.environment().remove(setting.name());
      }
      settings.forEach((setting, value) -> builder.environment().put(setting.name(), value));
      builder.environment().putAll(variables);
      JarProcess process = new JarProcess(builder.start(), output);
      closer.accept(process);
      return process;
    }

    private List<String> command() {
      if (shellLine != null) {
        return List.of("bash", "-c", "exec " + shellLine);
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.addAll(program);
      command.addAll(arguments);
      return command;
    }

    private void copyShippedFiles() throws IOException {
      Path routes = Files.createDirectories(folder.resolve("routes"));
      try (Stream<Path> shipped = Files.list(PROJECT.resolve("routes"))) {
        for (Path route : shipped.toList()) {
          if (!route.getFileName().toString().equals(left)) {
            copy(route, routes.resolve(route.getFileName()));
          }
        }
      }
      Path properties = PROJECT.resolve("application.properties");
      copy(properties, folder.resolve(properties.getFileName()));
    }

    /** The archive fits a jar of this name only. */
    private void linkTarget() throws IOException {
      Path target = Path.of("target");
      if (!Files.exists(folder.resolve(target))) {
        Files.createSymbolicLink(folder.resolve(target), PROJECT.resolve(target));
      }
    }

    private static void copy(Path from, Path to) throws IOException {
      if (!Files.exists(to)) {
        Files.copy(from, to);
      }
    }
  }
}
