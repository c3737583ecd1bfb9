package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state folder for as long as the process uses it. After a write that failed, nobody knows what
 * is on disk. So LevelDB is closed, and opened and read again before anything else is written: at
 * once or, if there is no room for that, as soon as there is. Until then the folder stays locked,
 * and what is pending is read from its files. What changes something is guarded by the {@link
 * MergeStore}; the rest is safe for several threads.
 */
final class ReopeningFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReopeningFolder.class);

  private static final long REOPEN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A look at the disk is good for so long, and costs more than a poll. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int PROBE_BLOCK = 64 * 1024;

  /** What LevelDB needs to be opened, beside a table with all that its logs hold. */
  private static final long ROOM_TO_OPEN = 256 * 1024;

  /** What the polls under way can add until the next look at the disk; less on a small one. */
  private static final long ROOM_FOR_POLLS = 16 * 1024 * 1024;

  private static final int SHARE_FOR_POLLS = 8;

  /** One of LevelDB's names for what it deletes when it is opened. */
  private static final String PROBE = "000000.dbtmp";

  private final Path path;
  private final Consumer<StateFolder> reader;
  private volatile StateFolder folder;
  private volatile @Nullable String trouble;
  private volatile boolean closed;
  private volatile boolean room = true;
  private volatile long lastLook = System.nanoTime() - LOOK_NANOS;
  private @Nullable FolderLock lock;
  private long lastReopening = System.nanoTime() - REOPEN_NANOS;

  /**
   * Opens the folder and reads it.
   *
   * @param reader takes what is in the folder, each time that it has been opened
   * @throws StateException when the folder cannot be used
   */
  ReopeningFolder(Path path, Consumer<StateFolder> reader) {
    this.path = path;
    this.reader = reader;
    this.folder = opened();
  }

  /** Whether it can be written, as far as one knows. */
  boolean isUsable() {
    return !closed && trouble == null && folder.isSound();
  }

  /** Why it cannot be written; null when it can. */
  @Nullable String trouble() {
    String known = trouble;
    if (known != null) {
      return known;
    }
    if (!isUsable()) {
      return this + " cannot be written";
    }
    return hasRoom() ? null : this + " has too little room: its disk is nearly full";
  }

  /**
   * Whether there was room a tenth of a second ago for what is read from Kafka, and for LevelDB to
   * put it in order. Without it nothing is read; what is pending can still be settled and
   * forgotten.
   */
  boolean hasRoom() {
    long now = System.nanoTime();
    if (now - lastLook >= LOOK_NANOS) {
      room = looksRoomy();
      lastLook = now;
    }
    return room;
  }

  private boolean looksRoomy() {
    try {
      FileStore disk = Files.getFileStore(path);
      long forPolls = Math.min(ROOM_FOR_POLLS, disk.getTotalSpace() / SHARE_FOR_POLLS);
      return disk.getUsableSpace() >= roomToOpen() + forPolls;
    } catch (IOException e) {
      return true; // the next write will tell
    }
  }

  /**
   * Makes changes.
   *
   * @param isThere tells, after a write that failed and when the folder has been read again,
   *     whether they are there all the same
   * @return false when they are, and so have been read
   * @throws StateException when they are not
   */
  boolean write(Consumer<StateFolder.Changes> changes, BooleanSupplier isThere) {
    if (closed || trouble != null) {
      throw new StateException(this + " cannot be written at present");
    }
    try {
      folder.write(changes);
      return true;
    } catch (StateException e) {
      report(e);
      if (!reopened() || !isThere.getAsBoolean()) {
        throw e;
      }
      return false;
    }
  }

  /** Passes over all entries whose key begins with a letter. */
  void forEach(char letter, BiConsumer<ByteBuffer, ByteBuffer> entry) {
    folder.forEach(letter, entry);
  }

  /** The fragments of a batch. */
  List<StoredFragment> fragments(Batch batch) {
    try {
      return StoredFragment.readAll(folder::get, batch);
    } catch (StateException e) {
      return fragmentsInFiles(batch);
    }
  }

  /** Whether it can be written; if not, tries to open it again, once a second at the most. */
  boolean reopened() {
    if (closed || isUsable() || System.nanoTime() - lastReopening < REOPEN_NANOS) {
      return isUsable();
    }
    lastReopening = System.nanoTime();
    try {
      reopen();
      LOG.warn("The state folder '{}' has been opened again after a write that failed", path);
      return true;
    } catch (StateException e) {
      report(e);
    } catch (IOException e) {
      report(new StateException(this + " cannot be written: " + e, e));
    }
    return false;
  }

  @Override
  public void close() {
    closed = true;
    folder.close();
    try {
      unlock();
    } catch (IOException e) {
      throw new StateException(this + " cannot be closed: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "the state folder '" + path + "'";
  }

  private void reopen() throws IOException {
    folder.close();
    if (!Files.exists(path.resolve(LogFiles.CURRENT))) {
      throw new StateException(this + " is not there any more");
    }
    if (lock == null) {
      lock = FolderLock.take(path);
    }
    checkRoom();
    unlock();
    folder = opened();
    trouble = null;
  }

  private StateFolder opened() {
    StateFolder opened = new StateFolder(path);
    try {
      reader.accept(opened);
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void unlock() throws IOException {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }

  /** Tries it out: free space alone does not say what a quota or a limit allows. */
  private void checkRoom() throws IOException {
    long needed = roomToOpen();
    Path probe = path.resolve(PROBE);
    try (FileChannel file =
        FileChannel.open(
            probe,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long written = 0; written < needed; written += PROBE_BLOCK) {
        file.write(ByteBuffer.allocate(PROBE_BLOCK));
      }
      file.force(false);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private long roomToOpen() throws IOException {
    long room = ROOM_TO_OPEN;
    for (Path log : LogFiles.logs(path)) {
      room += Files.size(log);
    }
    return room;
  }

  private List<StoredFragment> fragmentsInFiles(Batch batch) {
    try {
      RawFiles files = RawFiles.read(path, StateKey.of(StateKey.FRAGMENT, batch.number()));
      return StoredFragment.readAll(files::get, batch);
    } catch (StateException | IOException e) {
      throw new StateException(this + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Says it once, not every second. */
  private void report(StateException e) {
    String reason = String.valueOf(e.getMessage());
    if (!reason.equals(trouble)) {
      LOG.error("Nothing is read from Kafka for now: {}", reason);
    }
    trouble = reason;
  }
}
