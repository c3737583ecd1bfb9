package io.tributary.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Holds the state folder for one process: the lock is on a file of its own. */
final class FolderLock implements AutoCloseable {
  private static final String FILE = "tributary.lock";

  private final FileChannel file;

  private FolderLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the lock of a folder.
   *
   * @throws StoreException when a process has it
   */
  static FolderLock take(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (file.tryLock() != null) {
        return new FolderLock(file);
      }
    } catch (OverlappingFileLockException e) {
      // Left open: closing it would end the lock that this process has.
      throw inUse(folder, "this process already");
    } catch (IOException e) {
      file.close();
      throw e;
    }
    file.close();
    throw inUse(folder, "another process");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static StoreException inUse(Path folder, String by) {
    return new StoreException("the state folder '" + folder + "' is in use by " + by);
  }
}
