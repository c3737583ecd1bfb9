package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How much of the newest log is on disk at the least, in a small file beside LevelDB's. Without it
 * a log that has lost its end looks like one whose last write was under way. It is not forced to
 * disk, so it can be behind, but never ahead.
 *
 * @param log the log's number
 * @param length its bytes
 */
record LogMark(long log, long length) {
  private static final String FILE = "WRITTEN";
  private static final int SIZE = 2 * Long.BYTES + Integer.BYTES;

  /** The mark of a folder, if there is one that can be read. */
  static Optional<LogMark> of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.limit() != SIZE || bytes.getInt(SIZE - Integer.BYTES) != checksum(bytes)) {
      return Optional.empty();
    }
    return Optional.of(new LogMark(bytes.getLong(0), bytes.getLong(Long.BYTES)));
  }

  /** Notes what is on disk now, if that can be noted. */
  void note(Path folder) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).putLong(log).putLong(length);
    bytes.putInt(checksum(bytes)).flip();
    // Over the old one, not in its place: that needs no room on a full disk.
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.write(bytes);
    } catch (IOException e) {
      // It is a second look at what is there. The write itself is on disk, and must not fail.
    }
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, 2 * Long.BYTES));
    return (int) crc.getValue();
  }
}
