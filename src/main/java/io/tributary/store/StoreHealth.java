package io.tributary.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store can take more: not while its disk is nearly full, and after a write that failed
 * not until another one has succeeded. Safe for several threads.
 */
final class StoreHealth {
  private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

  private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A look at the disk is good for so long, and costs more than a poll. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What the polls under way can add until the next look at the disk; less on a small one. */
  private static final long ROOM_FOR_POLLS = 16 * 1024 * 1024;

  private static final int SHARE_FOR_POLLS = 8;

  private final Path folder;
  private volatile @Nullable String trouble;
  private volatile boolean room = true;
  private volatile long lastLook = System.nanoTime() - LOOK_NANOS;
  private long lastTrial;
  private boolean warnedOfWal;

  StoreHealth(Path folder) {
    this.folder = folder;
  }

  /** Says once why nothing is read for now. */
  synchronized void failed(StoreException e) {
    String reason = String.valueOf(e.getMessage());
    if (!reason.equals(trouble)) {
      LOG.error("Nothing is read from Kafka for now: {}", reason);
    }
    trouble = reason;
    lastTrial = System.nanoTime();
  }

  /** A write has succeeded. */
  synchronized void succeeded() {
    if (trouble != null) {
      LOG.warn("The state folder '{}' can be written again", folder);
      trouble = null;
    }
  }

  /**
   * Whether the store can be written, as far as one knows.
   *
   * @param trial tries it out, after a write that failed, once a second at the most
   */
  boolean isUsable(BooleanSupplier trial) {
    return trouble == null || (isTrialDue() && trial.getAsBoolean());
  }

  private synchronized boolean isTrialDue() {
    long now = System.nanoTime();
    boolean due = now - lastTrial >= TRIAL_NANOS;
    if (due) {
      lastTrial = now;
    }
    return due;
  }

  /** Why nothing should be read from Kafka; null when it can be written. */
  @Nullable String trouble() {
    String known = trouble;
    if (known != null) {
      return known;
    }
    return hasRoom()
        ? null
        : "the state folder '" + folder + "' has too little room: its disk is nearly full";
  }

  /**
   * Whether there was room a tenth of a second ago for what is read from Kafka. Without it nothing
   * is read; what is pending can still be settled.
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
    long wal = SqliteFile.walBytes(folder);
    warnOfLargeWal(wal);
    try {
      FileStore disk = Files.getFileStore(folder);
      long forPolls = Math.min(ROOM_FOR_POLLS, disk.getTotalSpace() / SHARE_FOR_POLLS);
      // What is in the log of changes has yet to find its place in the database.
      return disk.getUsableSpace() >= forPolls + Math.min(wal, disk.getTotalSpace() / 4);
    } catch (IOException e) {
      return true; // the next write will tell
    }
  }

  private synchronized void warnOfLargeWal(long bytes) {
    boolean large = bytes > SqliteFile.LARGE_WAL_BYTES;
    if (large && !warnedOfWal) {
      LOG.warn(
          "The log of changes of the store in '{}' has grown to {} bytes: somebody reads in it, and"
              + " has not finished; see sqlite3 -readonly in the documentation",
          folder,
          bytes);
    }
    warnedOfWal = large;
  }
}
