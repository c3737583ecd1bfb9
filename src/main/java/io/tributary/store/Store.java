package io.tributary.store;

import io.tributary.batch.Batch;
import io.tributary.batch.BatchPart;
import io.tributary.batch.Contribution;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import io.tributary.poll.Position;
import io.tributary.store.SqliteFile.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The batches that are not yet delivered: one open batch at the most, and the completed ones, which
 * are pending; the keys by which duplicates are told; and how far each partition has been read. One
 * poll is one transaction. After a write that failed all is as it was before. Safe for several
 * threads; reading never waits for the disk.
 */
public final class Store extends StoredBatches implements AutoCloseable {
  private static final int TRIAL_BYTES = 1_000_000;

  private final Path folder;
  private final SqliteFile file;
  private final FolderLock lock;
  private final StoreHealth health;
  private final DedupeKeys dedupeKeys;
  private final Durability ofPolls;
  private final Consumer<StoreException> onDamage;
  private final Clock clock;
  private final UnsettledOffsets unsettled = UnsettledOffsets.none();
  private final Map<TopicPartition, Position> positions = new ConcurrentHashMap<>();
  private final String identity;
  private long lastNumber;

  /**
   * Says how a store is used.
   *
   * @param folder where it is
   * @param commitsStored whether offsets are committed as soon as their records are stored
   * @param size keys of each kind that are kept
   * @param timeToLive how long a key is kept
   * @param onDamage is told of damage that shows later
   */
  public record Options(
      Path folder,
      boolean commitsStored,
      int size,
      Duration timeToLive,
      Consumer<StoreException> onDamage) {}

  private Store(
      Options options, FolderLock lock, SeenIds seenIds, SeenContents seenContents, Clock clock) {
    this.folder = options.folder();
    this.lock = lock;
    this.clock = clock;
    this.onDamage = options.onDamage();
    // What a power cut takes is read again, unless it has been committed.
    this.ofPolls = options.commitsStored() ? Durability.FULL : Durability.NORMAL;
    this.health = new StoreHealth(options.folder());
    this.dedupeKeys = new DedupeKeys(seenIds, seenContents, options.size(), options.timeToLive());
    this.file = new SqliteFile(options.folder(), Store::make);
    try {
      this.identity = file.read(session -> new Tables(file, session).identity());
      file.read(this::load);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens the store, reads what is pending, and fills the memories with the keys that are stored. A
   * damaged one is put aside, and a new one takes its place, unless offsets are committed as soon
   * as their records are stored: then its records are nowhere else.
   *
   * @throws StoreException when it is in use, cannot be written, or must not be replaced
   */
  public static Store open(
      Options options, SeenIds seenIds, SeenContents seenContents, Clock clock) {
    DamagedStore damaged = new DamagedStore(options.folder(), clock);
    try {
      FolderLock lock = damaged.lockFolder();
      try {
        damaged.checkMark();
        return new Store(options, lock, seenIds, seenContents, clock);
      } catch (StoreException e) {
        if (!e.isDamage() || options.commitsStored()) {
          lock.close();
          throw e;
        }
        damaged.putAside(e);
        seenIds.clear();
        seenContents.clear();
        return new Store(options, lock, seenIds, seenContents, clock);
      }
    } catch (IOException e) {
      throw new StoreException(
          "the state folder '"
              + options.folder()
              + "' must be one that can be made and written: "
              + e,
          e);
    }
  }

  /** The name of this store among all others, which stays the same over restarts. */
  public String identity() {
    return identity;
  }

  /**
   * Says that a batch, or the next part of one, needs no more attempts: the API has taken it, or it
   * is a dead letter. If that cannot be written, it is so all the same for this process, and is
   * written later; after a crash it is sent again.
   */
  public synchronized void settle(Batch batch) {
    synchronized (balance) {
      if (!pending.settle(batch)) {
        return;
      }
      balance.settled(batch.messages());
    }
    Batch rest = pending.get(batch.number());
    if (pending.isSettled(batch.number())) {
      unsettled.settled(batch.number());
      forgetSettled();
    } else if (rest != null) {
      try {
        write(Durability.NORMAL, tables -> tables.putBatch(rest));
      } catch (StoreException e) {
        // Its next part is written with what is settled then.
      }
    }
  }

  /** Deletes what is settled, and could not be deleted before. */
  public synchronized void forgetSettled() {
    for (long number : pending.settled()) {
      try {
        write(Durability.NORMAL, tables -> tables.deleteBatch(number));
        pending.remove(number);
      } catch (StoreException e) {
        return; // and later again
      }
    }
  }

  /**
   * Has a batch, or the next part of one, sent in two halves. That is on disk when this returns, so
   * that the halves are the same after a crash.
   *
   * @throws StoreException when it could not be written: then it is as it was
   */
  public synchronized void halve(Batch batch) {
    Batch halved = pending.halved(batch, BatchPart.halves(batch, stored(batch)));
    write(Durability.FULL, tables -> tables.putBatch(halved));
    pending.add(halved);
  }

  /** Whether the store can be written; after a write that failed, tries it out. */
  public boolean isUsable() {
    return health.isUsable(this::tryOut);
  }

  /** Whether there is room for what is read from Kafka. */
  public boolean hasRoom() {
    return health.hasRoom();
  }

  /** The length of the log of changes, in bytes. */
  public long walBytes() {
    return SqliteFile.walBytes(folder);
  }

  /** Why nothing should be read from Kafka; null when it can be written. */
  public @Nullable String trouble() {
    return health.trouble();
  }

  /**
   * Adds what a poll brings to the open batch, or opens one with it; of a poll that brings nothing
   * new, only its keys and positions are stored. Events that were read before are passed over. Its
   * events are marked as stored.
   *
   * @return the open batch; null when there is none
   * @throws StoreException when it could not be written: then the batch is as it was
   */
  public synchronized @Nullable Batch append(Poll poll) {
    poll.passOver(this::isReadBefore);
    long now = clock.millis();
    Contribution more = poll.contribution();
    DedupeKeys.Keys keys = dedupeKeys.of(poll);
    Batch base = open;
    Batch before = base == null ? Batch.opened(lastNumber + 1) : base;
    Batch grown = more.messages() == 0 ? base : before.with(more, now);
    Map<TopicPartition, Position> reached = further(poll.positions());
    write(
        ofPolls,
        tables -> {
          if (grown != null && more.messages() > 0) {
            int place = before.fragments();
            for (Fragment fragment : more.fragments()) {
              tables.addFragment(grown.number(), place++, fragment);
            }
            tables.putBatch(grown);
          }
          dedupeKeys.write(tables, keys, now);
          tables.putPositions(reached);
        });
    dedupeKeys.written(keys, now);
    if (grown != null) {
      more.fragments().forEach(fragment -> unsettled(grown.number(), fragment));
      synchronized (balance) {
        open = grown;
        balance.stored(more.messages());
      }
      lastNumber = grown.number();
    }
    // After what is unsettled, or more could be committed than is settled.
    positions.putAll(reached);
    poll.markStored();
    return open;
  }

  private boolean isReadBefore(Event event) {
    Position position = positions.get(event.source().partition());
    return position != null && event.source().offset() < position.next();
  }

  /** The positions that are not behind what is stored. */
  private Map<TopicPartition, Position> further(Map<TopicPartition, Position> reached) {
    Map<TopicPartition, Position> further = new HashMap<>(reached);
    further
        .entrySet()
        .removeIf(
            entry -> {
              Position known = positions.get(entry.getKey());
              return known != null && known.next() >= entry.getValue().next();
            });
    return further;
  }

  /** How far a partition has been read; null when it never was. */
  public @Nullable Position position(TopicPartition partition) {
    return positions.get(partition);
  }

  /**
   * Says that partitions have been read further without a record, as over the end of a transaction.
   *
   * @throws StoreException when it could not be written
   */
  public synchronized void advance(Map<TopicPartition, Position> reached) {
    move(ofPolls, further(reached));
  }

  /**
   * Says from where a partition is read on, which can be before where it was read to.
   *
   * @param settled what it has below this offset holds back no commit any more
   * @throws StoreException when it could not be written
   */
  public synchronized void place(TopicPartition partition, Position start, long settled) {
    if (!start.equals(positions.get(partition))) {
      // An offset that was set back is obeyed for good.
      move(Durability.FULL, Map.of(partition, start));
    }
    unsettled.release(partition, settled);
  }

  /** A partition has gone to another process, which reads on from where this one stands. */
  public void leave(TopicPartition partition) {
    unsettled.release(partition, Long.MAX_VALUE);
  }

  private void move(Durability durability, Map<TopicPartition, Position> places) {
    if (places.isEmpty()) {
      return;
    }
    write(durability, tables -> tables.putPositions(places));
    positions.putAll(places);
  }

  /**
   * Below this offset all records of a partition are settled: the lowest one in a batch that is
   * not, or else how far it has been read. Empty when it never was.
   */
  public OptionalLong settledUpTo(TopicPartition partition) {
    // In this order, since an append takes the other one.
    Position position = positions.get(partition);
    OptionalLong lowest = unsettled.lowest(partition);
    return position == null
        ? OptionalLong.empty()
        : OptionalLong.of(Math.min(position.next(), lowest.orElse(Long.MAX_VALUE)));
  }

  /**
   * Completes the open batch: from here on its bytes are fixed.
   *
   * @param sections every section that a batch has
   * @throws StoreException when it could not be written: then the batch stays open
   */
  public synchronized Batch complete(Batch.Completion completion, List<Section> sections) {
    Batch batch = open;
    if (batch == null) {
      throw new IllegalStateException("No batch is open");
    }
    Batch completed = batch.completed(completion, sections);
    write(Durability.FULL, tables -> tables.putBatch(completed));
    synchronized (balance) {
      pending.add(completed);
      open = null;
    }
    return completed;
  }

  @Override
  List<Fragment> stored(Batch batch) {
    try {
      List<Fragment> fragments = new ArrayList<>(batch.fragments());
      for (int i = 0; i < batch.fragments(); i++) {
        int place = i;
        fragments.add(
            file.read(session -> new Tables(file, session).fragment(batch.number(), place)));
      }
      return fragments;
    } catch (StoreException e) {
      // One that was forgotten meanwhile is no damage.
      throw pending.get(batch.number()) == null
          ? new StoreException(batch + " is gone")
          : reported(e);
    }
  }

  @Override
  public synchronized void close() {
    file.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new StoreException(file + " cannot be closed: " + e, e);
    }
  }

  /** Changes to the rows that are made together. */
  @FunctionalInterface
  private interface Changes {
    void make(Tables tables) throws SQLException;
  }

  private void write(Durability durability, Changes changes) {
    try {
      file.write(
          durability,
          session -> {
            changes.make(new Tables(file, session));
            return true;
          });
      health.succeeded();
    } catch (StoreException e) {
      health.failed(e);
      throw reported(e);
    }
  }

  /** Free space alone does not say what a quota or a limit allows. */
  private synchronized boolean tryOut() {
    try {
      write(
          Durability.FULL,
          tables -> {
            tables.deleteKeys("trial", 0); // of a trial that could not be ended
            tables.addKeys("trial", 0, 0, new byte[TRIAL_BYTES]);
          });
      write(Durability.NORMAL, tables -> tables.deleteKeys("trial", 0));
      return true;
    } catch (StoreException e) {
      return false;
    }
  }

  private StoreException reported(StoreException e) {
    if (e.isDamage()) {
      onDamage.accept(e);
    }
    return e;
  }

  private static void make(SqliteFile file, SqliteFile.Session session) throws SQLException {
    for (String statement : Tables.SCHEMA) {
      session.run(statement);
    }
    String identity = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    new Tables(file, session).addIdentity(identity);
  }

  /** Reads all rows, so that each is checked. */
  private Void load(SqliteFile.Session session) throws SQLException {
    Tables tables = new Tables(file, session);
    List<Batch> batches = tables.batches();
    positions.putAll(tables.positions());
    Map<Long, Integer> found = new HashMap<>();
    tables.forEachFragment(
        (batch, fragment) -> {
          found.merge(batch, 1, Integer::sum);
          Position position = positions.get(fragment.partition());
          if (position != null && position.topicId().equals(fragment.topicId())) {
            unsettled(batch, fragment);
          }
        });
    for (Batch batch : batches) {
      lastNumber = batch.number();
      int there = Objects.requireNonNullElse(found.remove(batch.number()), 0);
      if (there != batch.fragments()) {
        throw file.damaged(
            "batch %d has %d of its %d fragments"
                .formatted(batch.number(), there, batch.fragments()));
      }
      if (batch.completion() != null) {
        pending.add(batch);
      } else if (open == null) {
        open = batch;
      } else {
        throw file.damaged("several batches are open");
      }
    }
    if (!found.isEmpty()) {
      throw file.damaged("there is no head for batches " + found.keySet());
    }
    synchronized (balance) {
      balance.stored(MessageBalance.messages(open, pending.unsettled()));
    }
    dedupeKeys.load(tables, clock.millis());
    return null;
  }

  private void unsettled(long batch, Fragment fragment) {
    unsettled.added(batch, fragment.partition(), fragment.firstOffset(), fragment.lastOffset());
  }
}
