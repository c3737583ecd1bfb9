package io.tributary.merge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fragment, or a {@link FragmentPiece} of one, as it lies in the store: a mark, the length and
 * the name of its section, the table of its messages, then its records. Versions that did not store
 * the table began with the length.
 *
 * @param section name of the section
 * @param payload the records, with commas between them; nobody moves its position
 * @param messages its messages in their order; null when such a version wrote it
 */
record StoredFragment(
    String section, ByteBuffer payload, @Nullable List<MessageTable.Row> messages) {
  /** No version has written a length below 0. */
  static final int WITH_TABLE = -1;

  /** Gives what is stored for a key; null when there is nothing. */
  @FunctionalInterface
  interface Source {
    @Nullable ByteBuffer get(byte[] key);
  }

  /** All fragments of a batch, in the order in which they were stored. */
  static List<StoredFragment> readAll(Source source, Batch batch) {
    List<StoredFragment> fragments = new ArrayList<>(batch.fragments());
    for (int i = 0; i < batch.fragments(); i++) {
      ByteBuffer stored = source.get(StateKey.of(StateKey.FRAGMENT, batch.number(), i));
      if (stored == null) {
        throw new StateException("fragment " + i + " of batch " + batch.number() + " is gone");
      }
      fragments.add(decode(stored));
    }
    return fragments;
  }

  static StoredFragment decode(ByteBuffer stored) {
    int first = stored.getInt();
    byte[] name = new byte[first == WITH_TABLE ? stored.getInt() : first];
    stored.get(name);
    List<MessageTable.Row> messages = first == WITH_TABLE ? MessageTable.decode(stored) : null;
    return new StoredFragment(new String(name, StandardCharsets.UTF_8), stored.slice(), messages);
  }

  /**
   * The messages of a batch from one to before another, counted from 0.
   *
   * @param fragments all of its fragments, with their messages
   */
  static List<StoredFragment> slice(List<StoredFragment> fragments, int from, int to) {
    List<StoredFragment> slice = new ArrayList<>();
    int first = 0;
    for (StoredFragment fragment : fragments) {
      int count = fragment.rows().size();
      int begin = Math.max(0, from - first);
      int end = Math.min(count, to - first);
      if (begin < end) {
        slice.add(fragment.slice(begin, end));
      }
      first += count;
    }
    return slice;
  }

  /** Where the first message stood; null when no version stored that. */
  static @Nullable MessageSource source(List<StoredFragment> fragments) {
    List<MessageTable.Row> rows = fragments.get(0).messages();
    return rows == null || rows.isEmpty() ? null : rows.get(0).source();
  }

  /** The messages of a fragment that has a table. */
  List<MessageTable.Row> rows() {
    return Objects.requireNonNull(messages, "The fragment has no table of its messages");
  }

  private StoredFragment slice(int from, int to) {
    int begin = length(rows().subList(0, from));
    int end = begin + length(rows().subList(from, to));
    // What follows each message is a comma, but for the last one.
    ByteBuffer part = begin == end ? ByteBuffer.allocate(0) : payload.slice(begin, end - 1 - begin);
    return new StoredFragment(section, part, rows().subList(from, to));
  }

  /** The bytes of their records, each message's with the comma after it. */
  private static int length(List<MessageTable.Row> rows) {
    return rows.stream().mapToInt(row -> row.records() == 0 ? 0 : row.bytes() + 1).sum();
  }
}
