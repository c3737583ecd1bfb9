package io.tributary.store;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native library. Packaging unpacks it beside the jars; without that, the driver unpacks
 * it into the temporary folder at each start, and a process that is killed leaves it there.
 */
final class NativeLibrary {
  private static final String PATH = "org.sqlite.lib.path";

  private NativeLibrary() {}

  /** Has the driver load the one that is unpacked, if it is there. */
  static void use() {
    CodeSource driver = SQLiteJDBCLoader.class.getProtectionDomain().getCodeSource();
    if (driver == null || System.getProperty(PATH) != null) {
      return;
    }
    try {
      Path unpacked =
          Path.of(driver.getLocation().toURI())
              .resolveSibling("org/sqlite/native")
              .resolve(OSInfo.getNativeLibFolderPathForCurrentOS());
      if (Files.isDirectory(unpacked)) {
        System.setProperty(PATH, unpacked.toString());
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Not started from files: then the driver unpacks it.
    }
  }
}
