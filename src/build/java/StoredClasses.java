import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes the jars of a folder anew, with their classes uncompressed: Java would unpack thousands of
 * them at each start. All else in them stays as it is.
 */
final class StoredClasses {
  private StoredClasses() {}

  /** Takes the folder. */
  public static void main(String[] args) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      files.filter(file -> file.toString().endsWith(".jar")).toList().parallelStream()
          .forEach(StoredClasses::writeAnew);
    }
  }

  private static void writeAnew(Path jar) {
    try {
      Path written = jar.resolveSibling(jar.getFileName() + ".new");
      try (ZipFile from = new ZipFile(jar.toFile());
          OutputStream file = Files.newOutputStream(written);
          ZipOutputStream to = new ZipOutputStream(file)) {
        copy(from, to);
      }
      Files.setLastModifiedTime(written, Files.getLastModifiedTime(jar));
      Files.move(written, jar, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(jar + " cannot be written anew", e);
    }
  }

  private static void copy(ZipFile from, ZipOutputStream to) throws IOException {
    Enumeration<? extends ZipEntry> entries = from.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      byte[] content = from.getInputStream(entry).readAllBytes();
      ZipEntry copy = new ZipEntry(entry.getName());
      copy.setTimeLocal(entry.getTimeLocal());
      if (entry.isDirectory() || entry.getName().endsWith(".class")) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(content.length);
        copy.setCrc(checksum.getValue());
      }
      to.putNextEntry(copy);
      to.write(content);
      to.closeEntry();
    }
  }
}
