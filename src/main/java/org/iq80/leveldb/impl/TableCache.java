package org.iq80.leveldb.impl;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.cache.RemovalNotification;
import com.google.common.util.concurrent.UncheckedExecutionException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.iq80.leveldb.table.FileChannelTable;
import org.iq80.leveldb.table.Table;
import org.iq80.leveldb.table.UserComparator;
import org.iq80.leveldb.util.Finalizer;
import org.iq80.leveldb.util.InternalTableIterator;
import org.iq80.leveldb.util.Slice;

/**
 * LevelDB's open tables. Takes the place of the class of this name in the LevelDB port, which comes
 * after Tributary's own classes on the class path: that one leaves a table that LevelDB has deleted
 * open until the garbage collector finds it, and it looks among what is old once in hours. Until
 * then the disk has no room for anything else, and the process may run out of open files.
 *
 * <p>No iterator reads a deleted table, since a version of the database that is being iterated over
 * keeps its files. A look-up of one key can, for as long as it takes; so a table is closed a second
 * after it was deleted. Should a look-up come too late all the same, it fails, and does not read
 * anything wrong. Safe for several threads.
 */
public class TableCache {
  private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final LoadingCache<Long, Table> tables;

  /** Closes those that had to make room, and may be read still, when nobody knows them. */
  private final Finalizer<Table> unused = new Finalizer<>(1);

  private final Set<Table> deleted = ConcurrentHashMap.newKeySet();

  /**
   * @param size tables that are open at the most
   */
  public TableCache(File folder, int size, UserComparator comparator, boolean verifyChecksums) {
    this.tables =
        CacheBuilder.newBuilder()
            .maximumSize(size)
            .<Long, Table>removalListener(this::removed)
            .build(
                CacheLoader.from(
                    number -> open(folder.toPath(), number, comparator, verifyChecksums)));
  }

  /** Passes over a table, which is opened if it is not. */
  public InternalTableIterator newIterator(FileMetaData file) {
    return newIterator(file.getNumber());
  }

  /** Passes over a table, which is opened if it is not. */
  public InternalTableIterator newIterator(long number) {
    return new InternalTableIterator(table(number).iterator());
  }

  /** About where in a table a key is, or would be. */
  public long getApproximateOffsetOf(FileMetaData file, Slice key) {
    return table(file.getNumber()).getApproximateOffsetOf(key);
  }

  /** Closes a table soon, since LevelDB deletes its file. */
  public void evict(long number) {
    tables.invalidate(number);
  }

  /** Closes all tables. */
  public void close() {
    tables.invalidateAll();
    deleted.forEach(this::close);
    unused.destroy();
  }

  private void removed(RemovalNotification<Long, Table> removal) {
    Table table = removal.getValue();
    if (removal.wasEvicted()) {
      unused.addCleanup(table, table.closer());
    } else {
      deleted.add(table);
      SOON.execute(() -> close(table));
    }
  }

  private void close(Table table) {
    deleted.remove(table);
    try {
      table.closer().call();
    } catch (Exception e) {
      // It was read only: nothing is lost.
    }
  }

  private Table table(long number) {
    try {
      return tables.get(number);
    } catch (ExecutionException | UncheckedExecutionException e) {
      throw new IllegalStateException("Table " + number + " cannot be opened", e.getCause());
    }
  }

  private static Table open(
      Path folder, long number, UserComparator comparator, boolean verifyChecksums) {
    Path file = folder.resolve(Filename.tableFileName(number));
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new FileChannelTable(file.toString(), channel, comparator, verifyChecksums);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
