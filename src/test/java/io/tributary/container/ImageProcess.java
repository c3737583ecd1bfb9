package io.tributary.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.container.Dockerfile.Instruction;
import io.tributary.settings.Setting;
import io.tributary.support.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A stage of the Dockerfile without a container engine: its files are laid out by its own
 * instructions, and its own entry point runs on them with the image's user and variables, as
 * process 1 of a process namespace of its own, without capabilities, and with every file system
 * read-only but the volume and a fresh {@code /tmp}. The network, and the Java that runs, are this
 * machine's.
 */
final class ImageProcess implements AutoCloseable {
  /** With the Java that runs the tests, whichever is the machine's. */
  private static final String PATH =
      Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin";

  /**
   * Arguments: the image's /opt, the volume, where it is mounted, the working directory, user,
   * group, and the command.
   */
  private static final String CONTAINER =
      """
      set -e
      image=$1 volume=$2 mounted=$3 workdir=$4 user=$5 group=$6
      shift 6
      mount -t tmpfs tmpfs /mnt
      mkdir /mnt/volume
      mount --bind "$volume" /mnt/volume
      mount --rbind "$image" /opt
      cut -d ' ' -f 5 /proc/self/mountinfo | grep -v -e /mnt -e /proc -e /sys -e /dev |
        while read -r point; do mount -o remount,bind,ro "$point" 2>/dev/null || true; done
      if [ -n "$mounted" ]; then mount --bind /mnt/volume "$mounted"; fi
      mount -t tmpfs -o mode=1777 tmpfs /tmp
      umount /mnt/volume
      mount -o remount,ro /mnt
      cd "$workdir"
      exec setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs \
        --inh-caps=-all --bounding-set=-all "$@"
      """;

  private static final Path NAMESPACES = Path.of("/usr/bin/unshare");

  private final Process unshare;
  private final Path output;

  private ImageProcess(Process unshare, Path output) {
    this.unshare = unshare;
    this.output = output;
  }

  /** Without the right to make namespaces the test is passed over. */
  static void assumePossible() throws InterruptedException {
    assumeTrue(
        Files.exists(NAMESPACES), "unshare, which gives a process a view of its own, is not here");
    try {
      Process tried =
          new ProcessBuilder(NAMESPACES.toString(), "--mount", "--pid", "--fork", "true").start();
      assumeTrue(tried.waitFor() == 0, "Only root can run the image's entry point as process 1");
    } catch (IOException e) {
      assumeTrue(false, e.toString());
    }
  }

  /** What an image becomes: its files, and what its last instructions say. */
  record Image(Dockerfile dockerfile, String stage, Path files) {

    /**
     * Lays out the files of a stage.
     *
     * @param build where the build stage's /build is
     */
    static Image of(Dockerfile dockerfile, String stage, Path build, Path files)
        throws IOException, InterruptedException {
      Path root = Files.createDirectories(files);
      Path workdir = root;
      for (Instruction instruction : dockerfile.instructionsOf(stage)) {
        switch (instruction.keyword()) {
          case "WORKDIR" ->
              workdir = Files.createDirectories(root.resolve(instruction.arguments().substring(1)));
          case "COPY" -> copy(instruction.arguments(), build, workdir);
          case "RUN" -> {
            ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", "-c", instruction.arguments())
                    .directory(workdir.toFile())
                    .inheritIO();
            builder.environment().put("PATH", PATH);
            Process run = builder.start();
            if (run.waitFor() != 0) {
              throw new IllegalStateException(instruction + " has status " + run.exitValue());
            }
          }
          default -> {
            // The others say how it is run.
          }
        }
      }
      return new Image(dockerfile, stage, root);
    }

    private static void copy(String arguments, Path build, Path workdir) throws IOException {
      String[] words = arguments.replaceFirst("--from=\\S+ /build/", "").split(" ");
      Path from = (arguments.startsWith("--from") ? build : Path.of("")).resolve(words[0]);
      Path to = workdir.resolve(words[1]);
      boolean into = words[1].equals(".") || words[1].endsWith("/");
      copyTree(from, into ? to.resolve(from.getFileName()).normalize() : to);
    }

    /** The variables of the image, and those that the one who runs it sets. */
    private Map<String, String> variables(Map<Setting, String> settings) {
      Map<String, String> variables = new LinkedHashMap<>();
      variables.put("PATH", PATH);
      dockerfile.instructionsOf(stage).stream()
          .filter(instruction -> instruction.keyword().equals("ENV"))
          .map(instruction -> instruction.arguments().split("=", 2))
          .forEach(variable -> variables.put(variable[0], variable[1]));
      settings.forEach((setting, value) -> variables.put(setting.name(), value));
      return variables;
    }

    /** Runs the entry point, or another command of the image. */
    ImageProcess start(List<String> command, Path volume, Map<Setting, String> settings)
        throws IOException {
      String[] user = dockerfile.last(stage, "USER").split(":");
      List<String> line = new ArrayList<>(List.of(NAMESPACES.toString(), "--mount", "--pid"));
      line.addAll(List.of("--fork", "--mount-proc", "--kill-child", "/bin/sh", "-c", CONTAINER));
      line.addAll(List.of("container", files.resolve("opt").toString(), volume.toString()));
      line.add(dockerfile.has(stage, "VOLUME") ? dockerfile.last(stage, "VOLUME") : "");
      line.add(dockerfile.last(stage, "WORKDIR"));
      line.addAll(List.of(user[0], user[1]));
      line.addAll(command);
      Path output = Files.createTempFile(volume.getParent(), "output", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().clear();
      builder.environment().putAll(variables(settings));
      return new ImageProcess(builder.start(), output);
    }
  }

  /** SIGTERM to process 1, as a container engine sends it. */
  void terminate() {
    unshare.children().forEach(ProcessHandle::destroy);
  }

  int awaitExit() throws IOException, InterruptedException {
    if (!unshare.waitFor(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("Still running after " + Patience.LIMIT + ": " + output());
    }
    return unshare.exitValue();
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() throws InterruptedException {
    unshare.children().forEach(ProcessHandle::destroyForcibly);
    unshare.destroyForcibly().waitFor();
  }

  static void copyTree(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> found = Files.walk(from)) {
      for (Path file : found.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /**
   * The files of a volume belong to the image's user: an engine copies what the image has there.
   */
  static Path volume(Path folder, String user) throws IOException {
    Path volume = Files.createDirectory(folder);
    int owner = Integer.parseInt(user.split(":")[0]);
    Files.setAttribute(volume, "unix:uid", owner);
    Files.setAttribute(volume, "unix:gid", owner);
    return volume;
  }
}
