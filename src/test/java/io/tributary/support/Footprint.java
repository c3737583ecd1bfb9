package io.tributary.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process and its state folder take up, in bytes. */
public final class Footprint {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

  private Footprint() {}

  /** The objects in use on the heap of another JVM. */
  public static long heap(JarProcess process) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asked =
        new ProcessBuilder(jcmd, String.valueOf(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(asked.getInputStream().readAllBytes(), UTF_8);
    Matcher total = TOTAL.matcher(said);
    if (asked.waitFor() != 0 || !total.find()) {
      throw new IllegalStateException(said);
    }
    return Long.parseLong(total.group(1));
  }

  /** The files in a folder. */
  public static long bytes(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(Footprint::size).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException deletedMeanwhile) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
