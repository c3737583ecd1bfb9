package io.tributary.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.WriteBatch;
import org.iq80.leveldb.WriteOptions;
import org.iq80.leveldb.impl.Iq80DBFactory;
import org.jspecify.annotations.Nullable;

/**
 * The LevelDB folder, with keys of one letter and numbers, and writes that are atomic and on disk
 * when they return. Safe for several threads.
 */
final class StateFolder implements AutoCloseable {
  /** {@code b} and a batch's number: its head, JSON. */
  static final char HEAD = 'b';

  /** {@code f}, a batch's number, and a place in it: a {@link StoredFragment}. */
  static final char FRAGMENT = 'f';

  /** {@code k} and a number: a record of the {@link KeyJournal}. */
  static final char KEYS = 'k';

  private static final byte[] FORMAT_KEY = {0};
  private static final byte[] FORMAT = "tributary-state-1".getBytes(StandardCharsets.US_ASCII);
  private static final WriteOptions DURABLE = new WriteOptions().sync(true);
  private static final int WRITE_BUFFER_BYTES = 8 * 1024 * 1024;

  static {
    // A memory-mapped log crashes the JVM when the disk is full; a file channel throws.
    System.setProperty("leveldb.mmap", "false");
  }

  private final Path path;
  private final DB db;

  /**
   * Opens the folder; makes it when it is missing.
   *
   * @throws StateException when it cannot be used
   */
  StateFolder(Path path) {
    this.path = path;
    this.db = open(path);
    byte[] format = db.get(FORMAT_KEY);
    if (format == null && isEmpty()) {
      write(batch -> batch.put(FORMAT_KEY, FORMAT));
    } else if (!Arrays.equals(format, FORMAT)) {
      close();
      throw new StateException(
          "the state folder '" + path + "' was not written by this version of Tributary");
    }
  }

  /** A set of changes that are made together. */
  interface Changes {
    void addTo(WriteBatch batch);
  }

  /**
   * Makes all the changes or none; they are on disk when this returns.
   *
   * @throws StateException when they are not
   */
  void write(Changes changes) {
    try (WriteBatch batch = db.createWriteBatch()) {
      changes.addTo(batch);
      db.write(batch, DURABLE);
    } catch (IOException | RuntimeException e) {
      throw new StateException("cannot write to the state folder '" + path + "': " + e, e);
    }
  }

  byte @Nullable [] get(byte[] key) {
    try {
      return db.get(key);
    } catch (RuntimeException e) {
      throw new StateException("cannot read from the state folder '" + path + "': " + e, e);
    }
  }

  /** Passes over all entries whose key begins with a letter, in the order of their numbers. */
  void forEach(char letter, BiConsumer<ByteBuffer, byte[]> entry) {
    byte[] prefix = {(byte) letter};
    try (DBIterator entries = db.iterator()) {
      entries.seek(prefix);
      while (entries.hasNext() && entries.peekNext().getKey()[0] == prefix[0]) {
        var next = entries.next();
        entry.accept(ByteBuffer.wrap(next.getKey()).position(1), next.getValue());
      }
    } catch (IOException | RuntimeException e) {
      throw new StateException("cannot read from the state folder '" + path + "': " + e, e);
    }
  }

  /** A key of a letter and a number. */
  static byte[] key(char letter, long number) {
    return ByteBuffer.allocate(1 + Long.BYTES).put((byte) letter).putLong(number).array();
  }

  /** A key of a letter and two numbers. */
  static byte[] key(char letter, long number, int part) {
    return ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES)
        .put((byte) letter)
        .putLong(number)
        .putInt(part)
        .array();
  }

  @Override
  public void close() {
    try {
      db.close();
    } catch (IOException e) {
      throw new StateException("cannot close the state folder '" + path + "': " + e, e);
    }
  }

  @Override
  public String toString() {
    return "the state folder '" + path + "'";
  }

  private boolean isEmpty() {
    try (DBIterator entries = db.iterator()) {
      entries.seekToFirst();
      return !entries.hasNext();
    } catch (IOException e) {
      throw new StateException("cannot read from the state folder '" + path + "': " + e, e);
    }
  }

  private static DB open(Path path) {
    try {
      Files.createDirectories(path);
      Options options =
          new Options()
              .compressionType(CompressionType.NONE)
              .writeBufferSize(WRITE_BUFFER_BYTES)
              .verifyChecksums(true)
              .paranoidChecks(true);
      return Iq80DBFactory.factory.open(path.toFile(), options);
    } catch (IOException e) {
      boolean locked = String.valueOf(e.getMessage()).contains("acquire lock");
      String why = locked ? "is in use by another process" : "cannot be opened: " + e;
      throw new StateException("the state folder '" + path + "' " + why, e);
    } catch (RuntimeException e) {
      throw new StateException("the state folder '" + path + "' is damaged: " + e, e);
    }
  }
}
