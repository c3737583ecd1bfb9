package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.iq80.leveldb.impl.InternalKey;
import org.iq80.leveldb.impl.LogMonitor;
import org.iq80.leveldb.impl.LogReader;
import org.iq80.leveldb.impl.ValueType;
import org.iq80.leveldb.table.FileChannelTable;
import org.iq80.leveldb.util.Slice;
import org.iq80.leveldb.util.SliceInput;
import org.iq80.leveldb.util.Slices;
import org.jspecify.annotations.Nullable;

/**
 * What can be read in the files of a state folder without LevelDB: while there is no room to open
 * it, or when it is damaged. Reads all files each time, and changes none. For one thread.
 */
final class RawFiles {
  private final byte[] prefix;
  private final NavigableMap<byte[], Entry> newest = new TreeMap<>(Arrays::compareUnsigned);
  private final SortedSet<String> unreadable = new TreeSet<>();

  /** What the files have for a key; without a value it is deleted. */
  private record Entry(long sequence, @Nullable ByteBuffer value) {}

  private RawFiles(byte[] prefix) {
    this.prefix = prefix;
  }

  /** Reads the entries whose keys begin so. */
  static RawFiles read(Path folder, byte... prefix) throws IOException {
    RawFiles files = new RawFiles(prefix);
    for (Path file : LogFiles.files(folder, "\\d+\\.(log|sst)")) {
      String name = file.getFileName().toString();
      try (FileChannel channel = FileChannel.open(file)) {
        if (name.endsWith(".log")) {
          files.readLog(name, channel);
        } else {
          files.readTable(name, channel);
        }
      } catch (IOException | RuntimeException e) {
        files.unreadable.add(name);
      }
    }
    return files;
  }

  /** The values, in the order of their keys. */
  List<ByteBuffer> values() {
    return newest.values().stream().map(Entry::value).filter(Objects::nonNull).toList();
  }

  /** The value of a key; null when there is none. */
  @Nullable ByteBuffer get(byte[] key) {
    Entry entry = newest.get(key);
    return entry == null ? null : entry.value();
  }

  /** The files in which not everything can be read. */
  SortedSet<String> unreadable() {
    return unreadable;
  }

  private void readTable(String name, FileChannel channel) throws IOException {
    var table = new FileChannelTable(name, channel, Slice::compareTo, false);
    for (var entries = table.iterator(); entries.hasNext(); ) {
      var entry = entries.next();
      InternalKey key = new InternalKey(entry.getKey());
      boolean deleted = key.getValueType() == ValueType.DELETION;
      found(name, key.getUserKey(), key.getSequenceNumber(), deleted ? null : entry.getValue());
    }
  }

  private void readLog(String name, FileChannel channel) {
    LogReader log = new LogReader(channel, new Notice(name), true, 0);
    for (Slice record = log.readRecord(); record != null; record = log.readRecord()) {
      SliceInput changes = record.input();
      long sequence = changes.readLong();
      changes.readInt(); // their number
      while (changes.isReadable()) {
        boolean deleted = changes.readByte() == ValueType.DELETION.getPersistentId();
        Slice key = Slices.readLengthPrefixedBytes(changes);
        found(name, key, sequence++, deleted ? null : Slices.readLengthPrefixedBytes(changes));
      }
    }
  }

  private void found(String file, Slice foundKey, long sequence, @Nullable Slice stored) {
    byte[] key = foundKey.getBytes();
    if (!Arrays.equals(prefix, Arrays.copyOf(key, prefix.length))) {
      return;
    }
    Entry known = newest.get(key);
    if (known != null && known.sequence() >= sequence) {
      return;
    }
    ByteBuffer value = stored == null ? null : StateFolder.valueIn(key, stored.getBytes());
    if (stored != null && value == null) {
      unreadable.add(file);
      return;
    }
    newest.put(key, new Entry(sequence, value));
  }

  private final class Notice implements LogMonitor {
    private final String file;

    private Notice(String file) {
      this.file = file;
    }

    @Override
    public void corruption(long bytes, String reason) {
      unreadable.add(file);
    }

    @Override
    public void corruption(long bytes, Throwable reason) {
      unreadable.add(file);
    }
  }
}
