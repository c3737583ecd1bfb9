package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Looks whether the files of a LevelDB folder are all there, and reads its logs before LevelDB
 * does: that one passes over what is damaged. A log whose last record is not whole is in order: the
 * process ended while it wrote, and nobody was told that the write was done. That record is cut
 * off, or LevelDB would print that it is corrupt. The caller has the {@link FolderLock}.
 *
 * <p>Source of the format: LevelDB, doc/log_format.md. Blocks of 32 KiB; chunks of a masked CRC-32C
 * (4 bytes), a length (2), a type (1), all little-endian, and the data.
 */
final class LogFiles {
  static final String CURRENT = "CURRENT";

  /** The names of its files. */
  static final String OF_LEVELDB = "CURRENT|MANIFEST-.*|\\d+\\.(log|sst)";

  private static final Pattern LOG = Pattern.compile("\\d+\\.log");

  private static final int BLOCK = 32 * 1024;
  private static final int HEADER = 7;
  private static final int TYPE = 6;
  private static final byte FULL = 1;
  private static final byte LAST = 4;
  private static final int MASK = 0xa282ead8;

  /** What LevelDB writes first of all; when it is open for the first time there is a second. */
  private static final String FIRST_MANIFEST = "MANIFEST-000001";

  private LogFiles() {}

  /**
   * Checks a folder; one with no LevelDB in it is in order, or one whose first start did not come
   * to its end.
   *
   * @throws StateException when a file is missing, or a log is damaged
   */
  static void check(Path folder) throws IOException {
    List<Path> logs = logs(folder);
    Path current = folder.resolve(CURRENT);
    if (!Files.exists(current)) {
      if (!files(folder, "\\d+\\.(log|sst)|MANIFEST-(?!000001$).*").isEmpty()) {
        throw damaged(folder, "the file CURRENT is missing");
      }
      return;
    }
    String manifest = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
    if (!manifest.matches("MANIFEST-\\d+") || !Files.exists(folder.resolve(manifest))) {
      throw damaged(folder, "CURRENT names no file that is there");
    }
    if (logs.isEmpty() && !manifest.equals(FIRST_MANIFEST)) {
      throw damaged(folder, "its log is missing");
    }
    Optional<LogMark> mark = LogMark.of(folder);
    for (Path log : logs) {
      check(folder, log, mark);
    }
  }

  /** The logs of a folder, the newest last. */
  static List<Path> logs(Path folder) throws IOException {
    return files(folder, LOG).stream().sorted(Comparator.comparingLong(LogFiles::number)).toList();
  }

  /** The number of a log or a table. */
  static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  /** Where a record ends that begins at a place in a log. */
  static long endOf(long start, long bytes) {
    long end = start;
    long rest = bytes;
    do {
      long left = BLOCK - end % BLOCK;
      if (left < HEADER) {
        end += left;
        continue;
      }
      long chunk = Math.min(rest, left - HEADER);
      end += HEADER + chunk;
      rest -= chunk;
    } while (rest > 0);
    return end;
  }

  /** The files whose name matches. */
  static List<Path> files(Path folder, String pattern) throws IOException {
    return files(folder, Pattern.compile(pattern));
  }

  private static List<Path> files(Path folder, Pattern name) throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.filter(file -> name.matcher(file.getFileName().toString()).matches()).toList();
    }
  }

  private static void check(Path folder, Path log, Optional<LogMark> mark) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int whole = wholeRecords(folder, log, bytes);
    long marked =
        mark.filter(written -> written.log() == number(log)).map(LogMark::length).orElse(0L);
    if (whole < marked) {
      throw damaged(
          folder,
          "%s ends at byte %d, and %d were written".formatted(log.getFileName(), whole, marked));
    }
    if (whole < bytes.length) {
      try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
        file.truncate(whole);
      }
    }
  }

  /** The bytes up to the end of the last whole record. */
  private static int wholeRecords(Path folder, Path log, byte[] bytes) {
    ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int position = 0;
    int whole = 0;
    while (position + HEADER <= content.limit()) {
      int left = BLOCK - position % BLOCK;
      if (left < HEADER) {
        position += left;
        continue;
      }
      int length = content.getShort(position + 4) & 0xffff;
      int end = position + HEADER + length;
      if (end > content.limit() && length <= left - HEADER) {
        return whole;
      }
      if (length > left - HEADER || content.getInt(position) != checksum(bytes, position, length)) {
        if (isZero(bytes, position)) {
          return whole; // a power cut: the file grew, and what belongs there was not yet written
        }
        throw damaged(folder, log.getFileName() + " is not what was written, at byte " + position);
      }
      byte type = bytes[position + TYPE];
      position = end;
      whole = type == FULL || type == LAST ? end : whole;
    }
    return whole;
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** LevelDB's masked checksum of a chunk's type and data. */
  private static int checksum(byte[] bytes, int position, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, position + TYPE, 1 + length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private static StateException damaged(Path folder, String why) {
    return StateException.damaged("the state folder '" + folder + "'", why);
  }
}
