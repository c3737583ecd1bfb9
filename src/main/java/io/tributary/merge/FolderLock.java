package io.tributary.merge;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lock that LevelDB takes on its folder, for what is done while LevelDB does not have it open.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = "LOCK";

  private final FileChannel file;

  private FolderLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the lock of a folder.
   *
   * @throws StateException when a process has it
   */
  static FolderLock take(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return new FolderLock(file);
      }
    } catch (OverlappingFileLockException e) {
      // refused below; the channel stays open, since closing it would end this process's lock
      throw inUse(folder, "this process already");
    } catch (IOException e) {
      file.close();
      throw e;
    }
    file.close();
    throw inUse(folder, "another process");
  }

  static boolean isFile(Path file) {
    return file.endsWith(FILE);
  }

  /** LevelDB does not let go of its lock when it fails to open; a new lock file has none. */
  static void renew(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(FILE));
    } catch (IOException e) {
      // Then the next attempt to open the folder says what is wrong with it.
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static StateException inUse(Path folder, String by) {
    return new StateException("the state folder '" + folder + "' is in use by " + by);
  }
}
