package io.tributary.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The CRC-32C of a row: of all its columns, in their order. SQLite's own checks see a page that is
 * broken, but not a byte that has changed inside a value.
 */
final class RowCrc {
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer number = ByteBuffer.allocate(1 + Long.BYTES);

  private RowCrc() {}

  /** The CRC of columns, which are texts, whole numbers, bytes, or null. */
  static long of(@Nullable Object... columns) {
    RowCrc row = new RowCrc();
    for (Object column : columns) {
      row.add(column);
    }
    return row.crc.getValue();
  }

  private void add(@Nullable Object column) {
    if (column == null) {
      mark('n', 0);
    } else if (column instanceof Number whole) {
      mark('i', whole.longValue());
    } else if (column instanceof String text) {
      bytes('t', ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } else if (column instanceof byte[] array) {
      bytes('b', ByteBuffer.wrap(array));
    } else {
      throw new IllegalArgumentException("No column: " + column.getClass());
    }
  }

  private void bytes(char kind, ByteBuffer bytes) {
    mark(kind, bytes.remaining());
    crc.update(bytes);
  }

  /** What a column is, and its value or its length: so no two rows look alike. */
  private void mark(char kind, long value) {
    number.clear();
    number.put((byte) kind).putLong(value).flip();
    crc.update(number);
  }
}
