package io.tributary.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder with all that is in it. */
final class Folder {
  private Folder() {}

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    for (Path file : inside(folder)) {
      Files.deleteIfExists(file);
    }
  }

  /** The size of the files in it, which may come and go meanwhile. */
  static double megabytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : inside(folder)) {
      try {
        bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
      } catch (NoSuchFileException e) {
        // deleted meanwhile
      }
    }
    return bytes / 1e6;
  }

  /** What is inside a folder comes before it. */
  private static List<Path> inside(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      return inside.sorted((a, b) -> b.compareTo(a)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
