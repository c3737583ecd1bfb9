package io.tributary.reliability;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of a few megabytes of its own, which can be filled to the last byte. */
final class SmallDisk implements AutoCloseable {
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** Mounts one on a new folder; without the right to do so the test is passed over. */
  static SmallDisk mount(Path root, int megabytes) throws Exception {
    Files.createDirectories(root);
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", root.toString()) == 0;
    assumeTrue(mounted, "Only root can mount the small disk that this test fills");
    return new SmallDisk(root);
  }

  /** Takes what room there is. */
  void fill() throws IOException {
    try (var filler =
        Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      byte[] block = new byte[4096];
      while (true) {
        filler.write(block);
      }
    } catch (IOException full) {
      if (Files.getFileStore(root).getUsableSpace() > 0) {
        throw full;
      }
    }
  }

  /** Takes what room there is, but for some. */
  void fillBut(long bytes) throws IOException {
    fill();
    try (FileChannel filler = FileChannel.open(filler(), StandardOpenOption.WRITE)) {
      filler.truncate(filler.size() - bytes);
    }
  }

  /** Gives back the room that {@link #fill} took. */
  void free() throws IOException {
    Files.delete(filler());
  }

  /** Makes it read-only. */
  void forbidWriting() throws Exception {
    int status = run("mount", "-o", "remount,ro", root.toString());
    assumeTrue(status == 0, "The small disk cannot be made read-only here");
  }

  private Path filler() {
    return root.resolve("filler");
  }

  @Override
  public void close() throws Exception {
    run("umount", "--lazy", root.toString());
  }

  private static int run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
      if (process.waitFor(30, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      process.destroyForcibly();
      return -1;
    } catch (IOException noSuchCommand) {
      return -1;
    }
  }
}
