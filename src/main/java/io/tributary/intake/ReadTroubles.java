package io.tributary.intake;

import io.tributary.intake.StreamCondition.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the Kafka clients of this process fail to read, for as long as they fail. It outlives the
 * clients, since Camel makes a new one after some failures. It has one line in the log when it
 * begins, when its reason changes and when it ends. Safe for several threads.
 */
final class ReadTroubles {
  private static final Logger LOG = LoggerFactory.getLogger(ReadTroubles.class);

  /** The pause after the first failure; each that follows makes it twice as long. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** Java tries once only to load a library. */
  private static final Duration UNTIL_A_RESTART = Duration.ofDays(1);

  /** A new client that will fail as the one before it did has done so by then. */
  private static final Duration TRIAL = Duration.ofSeconds(5);

  /** Of what has not failed for so long nobody reads here any more. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private final Clock clock;
  private final Map<Place, Trouble> troubles = new HashMap<>();

  /** A partition, or all that the consumer of a thread reads. */
  private record Place(String topic, int partition, @Nullable Thread thread) {
    static Place of(TopicPartition partition) {
      return new Place(partition.topic(), partition.partition(), null);
    }

    static Place ofThisThread(String topic) {
      return new Place(topic, -1, Thread.currentThread());
    }

    @Override
    public String toString() {
      return thread == null ? topic + "-" + partition : topic;
    }
  }

  /**
   * What is wrong with a place.
   *
   * @param noted when it was so for the last time
   * @param offset where a partition cannot be read
   * @param pause how long it is left alone
   * @param nextTry when that is over, by the clock that is never set; null when it has been tried
   */
  private record Trouble(
      Kind kind,
      String detail,
      Instant since,
      Instant noted,
      long offset,
      Duration pause,
      @Nullable Long nextTry) {}

  ReadTroubles(Clock clock) {
    this.clock = clock;
  }

  /**
   * A partition cannot be read at an offset. It is left alone for a while.
   *
   * @param mendable whether it may be read without a restart
   */
  void unreadable(TopicPartition partition, long offset, String reason, boolean mendable) {
    String detail = "%s at offset %d: %s".formatted(partition, offset, reason);
    failed(Place.of(partition), Kind.UNREADABLE, detail, offset, mendable);
  }

  /** A poll of this thread has failed as a whole; how long to wait before the next one. */
  Duration pollFailed(String topic, String reason) {
    return failed(Place.ofThisThread(topic), Kind.UNREADABLE, reason, 0, true);
  }

  /**
   * This thread cannot make a client for a topic.
   *
   * @param kind what that makes of the stream
   */
  void notMade(String topic, Kind kind, String reason) {
    failed(Place.ofThisThread(topic), kind, reason, 0, true);
  }

  /** This thread has made a client; whether its polls fail is another question. */
  synchronized void made(String topic) {
    Place place = Place.ofThisThread(topic);
    Trouble trouble = troubles.get(place);
    if (trouble != null && trouble.kind() != Kind.UNREADABLE) {
      end(place);
    }
  }

  /** A poll of this thread, as a member of the group, has not failed. */
  synchronized void succeeded(String topic) {
    Place place = Place.ofThisThread(topic);
    if (isOlder(troubles.get(place), TRIAL)) {
      end(place);
    }
    List.copyOf(troubles.keySet()).stream().filter(this::isOver).forEach(this::end);
  }

  /**
   * A partition is this process's.
   *
   * @param position how far it has been read; null when that is not known
   */
  synchronized void stands(TopicPartition partition, @Nullable Long position) {
    Place place = Place.of(partition);
    Trouble last = troubles.get(place);
    if (last != null && position != null && position > last.offset()) {
      end(place);
    } else if (last != null) {
      note(place, last, last.nextTry());
    }
  }

  /** Whether a partition is not to be read for now. */
  synchronized boolean leavesAlone(TopicPartition partition) {
    Trouble trouble = troubles.get(Place.of(partition));
    return trouble != null && trouble.nextTry() != null && !isOlder(trouble, LONGEST_SILENCE);
  }

  /** Whether a partition has been left alone for long enough: then it is read from here on. */
  synchronized boolean triesNow(TopicPartition partition) {
    Place place = Place.of(partition);
    Trouble trouble = troubles.get(place);
    if (trouble == null || trouble.nextTry() == null || System.nanoTime() < trouble.nextTry()) {
      return false;
    }
    note(place, trouble, null);
    return true;
  }

  private void note(Place place, Trouble last, @Nullable Long nextTry) {
    Instant now = clock.instant();
    troubles.put(
        place,
        new Trouble(
            last.kind(), last.detail(), last.since(), now, last.offset(), last.pause(), nextTry));
  }

  synchronized boolean isEmpty() {
    return troubles.isEmpty();
  }

  /** What is wrong with a topic for the longest time; null when nothing is. */
  synchronized @Nullable StreamCondition of(String topic) {
    List<Trouble> all =
        troubles.entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(topic) && !isOver(entry.getKey()))
            .map(Map.Entry::getValue)
            .sorted(Comparator.comparing(Trouble::since))
            .toList();
    if (all.isEmpty()) {
      return null;
    }
    Trouble first = all.get(0);
    long others = all.stream().filter(other -> !other.detail().equals(first.detail())).count();
    String more = others == 0 ? "" : "; and " + others + " more";
    return new StreamCondition(first.kind(), first.since(), first.detail() + more);
  }

  private synchronized Duration failed(
      Place place, Kind kind, String detail, long offset, boolean mendable) {
    Instant now = clock.instant();
    Trouble last = isOver(place) ? null : troubles.get(place);
    if (!isTold(place, detail)) {
      LOG.warn("{} cannot be read, and is not skipped: {}", place, detail);
    }
    Duration pause = !mendable ? UNTIL_A_RESTART : last == null ? FIRST_PAUSE : twice(last.pause());
    long nextTry = System.nanoTime() + pause.toNanos();
    Instant since = last == null ? now : last.since();
    troubles.put(place, new Trouble(kind, detail, since, now, offset, pause, nextTry));
    return pause;
  }

  private void end(Place place) {
    Trouble ended = troubles.remove(place);
    if (ended != null && !isTold(place, ended.detail())) {
      LOG.info("{} does not fail any more", place);
    }
  }

  /** Whether it is so here already, or for another consumer of the topic. */
  private boolean isTold(Place place, String detail) {
    return troubles.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(place.topic()))
        .anyMatch(entry -> entry.getValue().detail().equals(detail) && !isOver(entry.getKey()));
  }

  private boolean isOver(Place place) {
    return isOlder(troubles.get(place), LONGEST_SILENCE);
  }

  private boolean isOlder(@Nullable Trouble trouble, Duration age) {
    return trouble != null && clock.instant().isAfter(trouble.noted().plus(age));
  }

  private static Duration twice(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }
}
