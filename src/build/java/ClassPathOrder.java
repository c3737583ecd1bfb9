import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a jar anew, with those jars first in the class path of its manifest that have the most
 * classes: Java asks one after the other for each of the thousands of classes of a start.
 */
final class ClassPathOrder {
  private ClassPathOrder() {}

  /** Takes the jar. */
  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Path written = jar.resolveSibling(jar.getFileName() + ".new");
    try (JarFile from = new JarFile(jar.toFile())) {
      Manifest manifest = from.getManifest();
      manifest
          .getMainAttributes()
          .computeIfPresent(
              Attributes.Name.CLASS_PATH, (name, paths) -> ordered(jar, (String) paths));
      try (OutputStream file = Files.newOutputStream(written);
          ZipOutputStream to = new ZipOutputStream(file)) {
        JarEntry first = new JarEntry(JarFile.MANIFEST_NAME);
        first.setTimeLocal(from.getJarEntry(JarFile.MANIFEST_NAME).getTimeLocal());
        to.putNextEntry(first);
        manifest.write(to);
        to.closeEntry();
        for (JarEntry entry : from.stream().toList()) {
          if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
            copy(from, entry, to);
          }
        }
      }
    }
    Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String ordered(Path jar, String paths) {
    record Library(String path, long classes) {}
    List<Library> libraries = new ArrayList<>();
    for (String path : paths.split(" ")) {
      libraries.add(new Library(path, classes(jar.resolveSibling(path))));
    }
    libraries.sort(
        Comparator.comparingLong(Library::classes).reversed().thenComparing(Library::path));
    return String.join(" ", libraries.stream().map(Library::path).toList());
  }

  private static long classes(Path library) {
    try (JarFile jar = new JarFile(library.toFile())) {
      return jar.stream().filter(entry -> entry.getName().endsWith(".class")).count();
    } catch (IOException e) {
      throw new IllegalStateException(library + " cannot be read", e);
    }
  }

  private static void copy(JarFile from, JarEntry entry, ZipOutputStream to) throws IOException {
    JarEntry copy = new JarEntry(entry.getName());
    copy.setTimeLocal(entry.getTimeLocal());
    copy.setMethod(entry.getMethod());
    if (entry.getMethod() == ZipEntry.STORED) {
      copy.setSize(entry.getSize());
      copy.setCrc(entry.getCrc());
    }
    to.putNextEntry(copy);
    to.write(from.getInputStream(entry).readAllBytes());
    to.closeEntry();
  }
}
