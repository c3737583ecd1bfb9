package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A JVM that this program started. It ends when it is closed, or at the latest when this program
 * does.
 */
final class Child implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Pattern TOTAL = Pattern.compile("\nTotal +\\d+ +(\\d+)");
  private static final Deque<Child> RUNNING = new ConcurrentLinkedDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Child::close)));
  }

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a JVM in a folder; what it writes goes to a file beside that folder.
   *
   * @param arguments of the command {@code java}
   * @param environment settings of Tributary; those that this program got are not handed on
   */
  static Child start(Path folder, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    for (Setting setting : Setting.values()) {
      builder.environment().remove(setting.name());
    }
    builder.environment().putAll(environment);
    Child child = new Child(folder.getFileName().toString(), builder.start(), log);
    // The newest first: a program must not lose its broker before it is told to end.
    RUNNING.addFirst(child);
    return child;
  }

  /** The arguments of the command {@code java} for a program of this class path. */
  static List<String> own(Class<?> main, String... arguments) {
    List<String> program = List.of("-cp", System.getProperty("java.class.path"), main.getName());
    return Stream.concat(program.stream(), Stream.of(arguments)).toList();
  }

  /** Says in a file, which is whole as soon as it is there, that this process is ready. */
  static void sayReady(Path file, String address) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.writeString(draft, address);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The address that the process says in the file when it is ready. */
  String awaitReady(Path file) throws IOException, InterruptedException {
    for (int i = 0; i < 1200; i++) {
      if (Files.exists(file)) {
        return Files.readString(file);
      }
      requireRunning(Duration.ofMillis(50));
    }
    throw new IllegalStateException(name + " is not ready after a minute, see " + log);
  }

  /**
   * Waits a moment.
   *
   * @throws IllegalStateException when the process ends meanwhile
   */
  void requireRunning(Duration moment) throws InterruptedException {
    if (process.waitFor(moment.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          name + " ended with status " + process.exitValue() + ", see " + log);
    }
  }

  /** What the system tells of the process. */
  Proc proc() {
    return new Proc(process.toHandle());
  }

  /**
   * Has the JVM collect its garbage; what is left, in megabytes.
   *
   * @throws IllegalStateException when it does not answer
   */
  double liveMegabytes() throws IOException, InterruptedException {
    String command = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process jcmd =
        new ProcessBuilder(command, String.valueOf(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    Matcher total = TOTAL.matcher(said);
    if (jcmd.waitFor() != 0 || !total.find()) {
      throw new IllegalStateException("jcmd cannot reach " + name + ", see " + log);
    }
    return Long.parseLong(total.group(1)) / 1e6;
  }

  /** Ends it with SIGKILL. */
  void kill() throws InterruptedException {
    RUNNING.remove(this);
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    RUNNING.remove(this);
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
