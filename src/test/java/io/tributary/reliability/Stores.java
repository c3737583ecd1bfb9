package io.tributary.reliability;

import io.tributary.batch.Batch;
import io.tributary.batch.Fragment;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.store.Store;
import io.tributary.support.Events;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** State folders with batches in them, as the program writes them, and what can happen to one. */
final class Stores {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Section PRODUCTS = new Section("products", "productCount");
  private static final String TEN_KILOBYTES = "x".repeat(10_000);

  /** What can happen to a file. */
  enum Damage {
    DELETED,
    EMPTIED,
    CHANGED
  }

  private Stores() {}

  static Store open(Path folder) {
    Duration hour = Duration.ofHours(1);
    return Store.open(
        folder,
        new SeenIds(100, hour),
        new SeenContents(ContentDedupe.LATEST, 100, hour),
        100,
        hour,
        Clock.systemUTC());
  }

  /** The record of a message that is stored. */
  static String record(String id) {
    return "{\"id\":\"" + id + "\",\"padding\":\"" + TEN_KILOBYTES + "\"}";
  }

  /** Stores messages, each in a fragment of its own. */
  static void append(Store store, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      Fragment fragment = new Fragment(CUSTOMERS);
      fragment.merge(Events.customers().event(prefix + i, record(prefix + i)));
      store.append(fragment);
    }
  }

  static Batch complete(Store store, String eventId) {
    return store.complete(
        new Batch.Completion(eventId, "2024-02-08T10:30:00Z", "tributary", "1.0.0"),
        List.of(CUSTOMERS, PRODUCTS));
  }

  /** A folder with a pending batch in a table, and another and an open one in the log. */
  static void write(Path folder) {
    try (Store store = open(folder)) {
      append(store, "a", 20);
      complete(store, "EVT-a");
    }
    try (Store store = open(folder)) {
      append(store, "b", 20);
      complete(store, "EVT-b");
      append(store, "c", 5);
    }
  }

  /** The same, and a write that the process did not come to the end of; how many were stored. */
  static int writeAndTear(Path folder) throws IOException {
    write(folder);
    Path mark = folder.resolve("WRITTEN");
    byte[] acknowledged;
    try (Store store = open(folder)) {
      append(store, "d", 5);
      acknowledged = Files.readAllBytes(mark);
      append(store, "torn", 1);
    }
    Files.write(mark, acknowledged);
    try (RandomAccessFile log = new RandomAccessFile(file(folder, ".log").toFile(), "rw")) {
      log.setLength(log.length() - 3000);
    }
    return 50;
  }

  /** Damages the newest file whose name contains this. */
  static void damage(Path folder, String kind, Damage damage) throws IOException {
    Path damaged = file(folder, kind);
    if (damage == Damage.DELETED) {
      Files.delete(damaged);
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
      if (damage == Damage.EMPTIED) {
        file.setLength(0);
      } else {
        long middle = file.length() / 2;
        file.seek(middle);
        int old = file.read();
        file.seek(middle);
        file.write(old ^ 0x55);
      }
    }
  }

  static Path file(Path folder, String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains(kind))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }
}
