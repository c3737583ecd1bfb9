package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Looks whether the files of a LevelDB folder are all there, and reads its logs before LevelDB
 * does: that one passes over what is damaged, and says nothing. A log whose last chunk is cut off
 * is in order: the process ended while it wrote, and nobody was told that the write was done.
 *
 * <p>Source of the format: LevelDB, doc/log_format.md. Blocks of 32 KiB; chunks of a masked CRC-32C
 * (4 bytes), a length (2), a type (1), all little-endian, and the data.
 */
final class LogFiles {
  private static final int BLOCK = 32 * 1024;
  private static final int HEADER = 7;
  private static final int MASK = 0xa282ead8;

  private LogFiles() {}

  /**
   * Checks a folder; one with no LevelDB in it is in order.
   *
   * @throws StateException when a file is missing, or a log is damaged
   */
  static void check(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.toList();
    }
    boolean current = files.stream().anyMatch(file -> name(file).equals("CURRENT"));
    List<Path> logs = files.stream().filter(file -> name(file).endsWith(".log")).toList();
    boolean any = files.stream().anyMatch(file -> name(file).matches("MANIFEST-.*|.*\\.(sst|log)"));
    if (any && !current) {
      throw damaged(folder, "the file CURRENT is missing");
    }
    if (current && logs.isEmpty()) {
      throw damaged(folder, "its log is missing");
    }
    for (Path log : logs) {
      check(folder, log);
    }
  }

  private static void check(Path folder, Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int position = 0;
    while (position + HEADER <= content.limit()) {
      int left = BLOCK - position % BLOCK;
      if (left < HEADER) {
        position += left;
        continue;
      }
      int length = content.getShort(position + 4) & 0xffff;
      int end = position + HEADER + length;
      if (end > content.limit() && length <= left - HEADER) {
        return;
      }
      if (length > left - HEADER || content.getInt(position) != checksum(bytes, position, length)) {
        throw damaged(folder, log.getFileName() + " is not what was written, at byte " + position);
      }
      position = end;
    }
  }

  /** LevelDB's masked checksum of a chunk's type and data. */
  private static int checksum(byte[] bytes, int position, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, position + HEADER - 1, 1 + length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static StateException damaged(Path folder, String why) {
    return new StateException("the state folder '" + folder + "' is damaged: " + why);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
