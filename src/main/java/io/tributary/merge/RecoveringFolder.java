package io.tributary.merge;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A state folder that survives a write that failed. After one, nobody knows what is on disk: so the
 * folder is opened again and read before anything else is written, at once or, if that fails too,
 * by {@link #recover}, at most once a second. What writes or opens is guarded by the {@link
 * MergeStore}, since nothing may change between what a write is based on and the write.
 */
final class RecoveringFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveringFolder.class);

  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path path;
  private final Consumer<StateFolder> reader;
  private volatile StateFolder folder;
  private volatile boolean usable;
  private boolean closed;
  private long lastReopening = System.nanoTime() - REOPEN_NANOS;

  /**
   * Opens and reads the folder.
   *
   * @param reader takes what the folder holds, now and each time that it is opened again
   * @throws StateException when it cannot be used
   */
  RecoveringFolder(Path path, Consumer<StateFolder> reader) {
    this.path = path;
    this.reader = reader;
    this.folder = new StateFolder(path);
    try {
      reader.accept(folder);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    usable = true;
  }

  /** The folder as it is open now, for reading. */
  StateFolder current() {
    return folder;
  }

  /** Whether it can be written. */
  boolean isUsable() {
    return usable;
  }

  /**
   * Writes changes.
   *
   * @param isThere tells, after a write that failed and when the folder has been read again,
   *     whether they are there all the same
   * @return false when they are, and so have been read
   * @throws StateException when they are not
   */
  boolean write(Consumer<StateFolder.Changes> changes, BooleanSupplier isThere) {
    if (!usable) {
      throw new StateException("the state folder '" + path + "' cannot be written at present");
    }
    try {
      folder.write(changes);
      return true;
    } catch (StateException e) {
      usable = false;
      if (!recover() || !isThere.getAsBoolean()) {
        throw e;
      }
      return false;
    }
  }

  /** Opens the folder again if it cannot be written; whether it can be now. */
  boolean recover() {
    if (usable || closed || System.nanoTime() - lastReopening < REOPEN_NANOS) {
      return usable;
    }
    lastReopening = System.nanoTime();
    try {
      folder.close();
      folder = new StateFolder(path);
      reader.accept(folder);
      usable = true;
      LOG.warn("The state folder '{}' has been opened again after a write that failed", path);
      return true;
    } catch (StateException e) {
      LOG.error("The merge store cannot be used: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    usable = false;
    folder.close();
  }
}
