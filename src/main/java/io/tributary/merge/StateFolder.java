package io.tributary.merge;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.jspecify.annotations.Nullable;

/**
 * The LevelDB folder, with {@link StateKey keys} of one letter and numbers, and writes that are
 * atomic and on disk when they return. Each value carries a CRC-32C of its key and itself, which
 * LevelDB's tables are not checked for. Safe for several threads.
 */
final class StateFolder implements AutoCloseable {
  private static final byte[] FORMAT_KEY = {0};
  private static final byte[] IDENTITY_KEY = {1};
  private static final byte[] FORMAT = "tributary-state-1".getBytes(StandardCharsets.US_ASCII);
  private static final WriteOptions DURABLE = new WriteOptions().sync(true);
  private static final int WRITE_BUFFER_BYTES = 8 * 1024 * 1024;

  static {
    // A memory-mapped log crashes the JVM when the disk is full; a file channel throws.
    System.setProperty("leveldb.mmap", "false");
  }

  private final Path path;
  private final DB db;
  private final LogTail log;

  /**
   * Opens the folder; makes it when it is missing.
   *
   * @throws StateException when it cannot be used
   */
  StateFolder(Path path) {
    this.path = path;
    this.db = open(path);
    this.log = new LogTail(path);
    try {
      checkFormat();
    } catch (RuntimeException e) {
      close();
      throw e instanceof StateException ? e : damaged(e);
    }
  }

  /** A set of changes that are made together. */
  static final class Changes {
    private final WriteBatch batch;
    private final LogTail.Changes logged = LogTail.Changes.none();

    private Changes(WriteBatch batch) {
      this.batch = batch;
    }

    void put(byte[] key, byte[] value) {
      put(key, value.length, target -> target.put(value));
    }

    /**
     * @param length of the value
     * @param value writes so many bytes
     */
    void put(byte[] key, int length, Consumer<ByteBuffer> value) {
      ByteBuffer stored = ByteBuffer.allocate(length + Integer.BYTES);
      value.accept(stored);
      stored.putInt(checksum(key, stored.array(), length));
      batch.put(key, stored.array());
      logged.put(key.length, stored.limit());
    }

    void delete(byte[] key) {
      batch.delete(key);
      logged.delete(key.length);
    }
  }

  /**
   * Makes all the changes or none; they are on disk when this returns.
   *
   * @throws StateException when they are not
   */
  void write(Consumer<Changes> changes) {
    try (WriteBatch batch = db.createWriteBatch()) {
      Changes made = new Changes(batch);
      changes.accept(made);
      db.write(batch, DURABLE);
      log.checkGrownBy(made.logged);
    } catch (IOException | RuntimeException e) {
      throw new StateException(this + " cannot be written: " + e, e);
    }
  }

  /** The name of this folder among all others, 16 characters that do not change. */
  String identity() {
    ByteBuffer identity = get(IDENTITY_KEY);
    if (identity != null) {
      return StandardCharsets.US_ASCII.decode(identity).toString();
    }
    String made = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    write(changes -> changes.put(IDENTITY_KEY, made.getBytes(StandardCharsets.US_ASCII)));
    return made;
  }

  /** Whether LevelDB still works; it gives up for good when it fails in the background. */
  boolean isSound() {
    try {
      db.getProperty("");
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** The value of a key; null when there is none. */
  @Nullable ByteBuffer get(byte[] key) {
    try {
      byte[] stored = db.get(key);
      return stored == null ? null : checked(key, stored);
    } catch (StateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  /** Passes over all entries whose key begins with a letter, in the order of their numbers. */
  void forEach(char letter, BiConsumer<ByteBuffer, ByteBuffer> entry) {
    byte[] prefix = {(byte) letter};
    try (DBIterator entries = db.iterator()) {
      entries.seek(prefix);
      while (entries.hasNext() && entries.peekNext().getKey()[0] == prefix[0]) {
        var next = entries.next();
        ByteBuffer value = checked(next.getKey(), next.getValue());
        entry.accept(ByteBuffer.wrap(next.getKey()).position(1), value);
      }
    } catch (StateException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
  }

  @Override
  public void close() {
    try {
      db.close();
    } catch (IOException e) {
      throw new StateException(this + " cannot be closed: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "the state folder '" + path + "'";
  }

  private StateException damaged(Exception e) {
    return StateException.damaged(this, Throwables.getRootCause(e).toString());
  }

  private ByteBuffer checked(byte[] key, byte[] stored) {
    ByteBuffer value = valueIn(key, stored);
    if (value == null) {
      throw StateException.damaged(this, "a checksum is wrong");
    }
    return value;
  }

  /** The value that is stored for a key; null when its checksum is wrong. */
  static @Nullable ByteBuffer valueIn(byte[] key, byte[] stored) {
    int length = stored.length - Integer.BYTES;
    if (length < 0 || ByteBuffer.wrap(stored).getInt(length) != checksum(key, stored, length)) {
      return null;
    }
    return ByteBuffer.wrap(stored, 0, length).slice();
  }

  private static int checksum(byte[] key, byte[] value, int length) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value, 0, length);
    return (int) crc.getValue();
  }

  private void checkFormat() {
    ByteBuffer format = get(FORMAT_KEY);
    if (format == null && isEmpty()) {
      write(changes -> changes.put(FORMAT_KEY, FORMAT));
    } else if (!ByteBuffer.wrap(FORMAT).equals(format)) {
      throw new StateException(this + " was not written by this version of Tributary");
    }
  }

  private boolean isEmpty() {
    try (DBIterator entries = db.iterator()) {
      entries.seekToFirst();
      return !entries.hasNext();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static DB open(Path path) {
    String folder = "the state folder '" + path + "'";
    try {
      Files.createDirectories(path);
      try (FolderLock nobodyElse = FolderLock.take(path)) {
        LogFiles.check(path);
      }
    } catch (IOException e) {
      throw new StateException(folder + " cannot be opened: " + e, e);
    }
    try {
      Options options =
          new Options().compressionType(CompressionType.NONE).writeBufferSize(WRITE_BUFFER_BYTES);
      return Iq80DBFactory.factory.open(path.toFile(), options);
    } catch (IOException e) {
      FolderLock.renew(path);
      throw new StateException(folder + " cannot be opened: " + e, e);
    } catch (RuntimeException e) {
      FolderLock.renew(path);
      throw StateException.damaged(folder, e.toString());
    }
  }
}
