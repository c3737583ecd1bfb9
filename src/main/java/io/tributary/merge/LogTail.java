package io.tributary.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log that LevelDB is writing. When the disk becomes full, the operating system
 * writes a part, and says how much; LevelDB does not look, and takes the write for done. So each
 * write is compared with what the log has grown by. Guarded by the {@link MergeStore}.
 */
final class LogTail {
  private final Path folder;
  private @Nullable Path log;
  private long length;

  LogTail(Path folder) {
    this.folder = folder;
  }

  /** The bytes of a set of changes, as they stand in the log. */
  static final class Changes {
    private static final int TYPE = 1;

    private static final int HEAD = Long.BYTES + Integer.BYTES; // a number, and how many follow

    private long bytes = HEAD;

    private Changes() {}

    /** Nothing is changed yet. */
    static Changes none() {
      return new Changes();
    }

    void put(int key, int value) {
      bytes += TYPE + prefixed(key) + prefixed(value);
    }

    void delete(int key) {
      bytes += TYPE + prefixed(key);
    }

    /** With the length before it, seven bits to a byte. */
    private static long prefixed(int length) {
      int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(length));
      return (bits + 6) / 7 + (long) length;
    }
  }

  /**
   * Looks whether the log has grown by changes, and notes how long it is.
   *
   * @throws IOException when it has not
   */
  void checkGrownBy(Changes changes) throws IOException {
    if (changes.bytes == Changes.HEAD) {
      return; // nothing is written then
    }
    List<Path> logs = LogFiles.logs(folder);
    Path newest = logs.get(logs.size() - 1);
    long before = newest.equals(log) ? length : 0;
    long expected = LogFiles.endOf(before, changes.bytes);
    long found = Files.size(newest);
    if (found != expected) {
      throw new IOException(
          "No space left, %d of %d bytes were written"
              .formatted(found - before, expected - before));
    }
    log = newest;
    length = found;
    new LogMark(LogFiles.number(newest), found).note(folder);
  }
}
