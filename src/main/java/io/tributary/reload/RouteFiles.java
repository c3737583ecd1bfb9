package io.tributary.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;

/**
 * The files of a folder of routes, as they were when they were read; none without the folder.
 *
 * @param texts by the name of the file, with its folder
 * @param unread what else is there, but for what is hidden, and the copies that editors leave
 */
record RouteFiles(SortedMap<String, String> texts, SortedSet<String> unread) {
  private static final String ENDING = ".camel.yaml";
  private static final String SCHEME = "file:";

  static RouteFiles read(Path folder) {
    RouteFiles read = new RouteFiles(new TreeMap<>(), new TreeSet<>());
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          if (name.endsWith(ENDING)) {
            read.texts.put(file.toString(), Files.readString(file));
          } else if (!name.startsWith(".") && !name.endsWith("~")) {
            read.unread.add(file.toString());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return read;
  }

  /** For Camel, which must not read the files anew: they may be others by then. */
  Collection<Resource> resources() {
    return texts.entrySet().stream()
        .map(file -> ResourceHelper.fromString(SCHEME + file.getKey(), file.getValue()))
        .toList();
  }

  String unreadWords() {
    return "not read, since its name does not end in " + ENDING + ": " + String.join(", ", unread);
  }

  /** The file's name, of what Camel calls its location. */
  static String name(String location) {
    return location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location;
  }
}
