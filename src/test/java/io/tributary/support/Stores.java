package io.tributary.support;

import static java.util.stream.Collectors.toMap;

import io.tributary.batch.Batch;
import io.tributary.batch.CompletionReason;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import io.tributary.poll.Position;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Opens a store as the program does, and says what a test puts into it. */
public final class Stores {
  public static final Section CUSTOMERS = new Section("customers", "customerCount");
  public static final Section PRODUCTS = new Section("products", "productCount");
  public static final List<Section> SECTIONS = List.of(CUSTOMERS, PRODUCTS);

  /** The id of each topic of {@link Events}. */
  public static final Uuid TOPIC_ID = new Uuid(20_24, 2_8);

  public static final Duration TIME_TO_LIVE = Duration.ofHours(1);
  public static final int SIZE = 100;

  private final Path folder;
  private Clock clock = Clock.systemUTC();
  private SeenIds seenIds = new SeenIds(SIZE, TIME_TO_LIVE);
  private SeenContents seenContents = new SeenContents(ContentDedupe.LATEST, SIZE, TIME_TO_LIVE);
  private int size = SIZE;
  private boolean commitsStored;
  private Consumer<StoreException> onDamage =
      damage -> {
        throw new AssertionError("Damage that no test has done", damage);
      };

  private Stores(Path folder) {
    this.folder = folder;
  }

  /** The store in a folder, with nothing special. */
  public static Store open(Path folder) {
    return in(folder).open();
  }

  /** Begins to say what is special about the store in a folder. */
  public static Stores in(Path folder) {
    return new Stores(folder);
  }

  public Stores clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /** The memories to fill; they and the store keep so many keys. */
  public Stores memories(SeenIds ids, SeenContents contents, int keys) {
    this.seenIds = ids;
    this.seenContents = contents;
    this.size = keys;
    return this;
  }

  /** With offsets that are committed as soon as their records are stored. */
  public Stores commitsStored() {
    this.commitsStored = true;
    return this;
  }

  /** Takes damage that shows after the start. */
  public Stores onDamage(Consumer<StoreException> consumer) {
    this.onDamage = consumer;
    return this;
  }

  public Store open() {
    Store.Options options = new Store.Options(folder, commitsStored, size, TIME_TO_LIVE, onDamage);
    return Store.open(options, seenIds, seenContents, clock);
  }

  /** A poll of these events alone, in the order in which they stand in their partitions. */
  public static Poll poll(Section section, Event... events) {
    Map<TopicPartition, Position> positions =
        List.of(events).stream()
            .map(Event::source)
            .collect(
                toMap(
                    source -> source.partition(),
                    source -> position(source.offset() + 1),
                    (before, after) -> after.next() > before.next() ? after : before));
    Poll poll = new Poll(events.length, section, positions);
    List.of(events).forEach(poll::add);
    return poll;
  }

  /** A poll of customers. */
  public static Poll poll(Event... events) {
    return poll(CUSTOMERS, events);
  }

  /** The place in one of the topics of {@link Events}. */
  public static Position position(long next) {
    return new Position(TOPIC_ID, next);
  }

  /** Completes the open batch. */
  public static Batch complete(Store store, String eventId) {
    return store.complete(completion(eventId), SECTIONS);
  }

  public static Batch.Completion completion(String eventId) {
    return new Batch.Completion(
        eventId, "2024-02-08T10:30:00Z", "tributary", "1.0.0", CompletionReason.WINDOW);
  }

  /** What is sent next: the oldest batch that is not settled, or the next of its parts. */
  public static Batch next(Store store) {
    return store.unsettled().get(0).unsettled().get(0);
  }

  /** Whether that is what is sent next, whole or in parts. */
  public static boolean isNext(Store store, Batch batch) {
    Batch oldest = store.oldestUnsettled();
    return oldest != null && oldest.number() == batch.number();
  }
}
