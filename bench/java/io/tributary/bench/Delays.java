package io.tributary.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * From a record's append to the commit that covers it, both by the broker's clock. Safe for several
 * threads.
 */
final class Delays {
  private final Map<TopicPartition, NavigableMap<Long, Long>> appends = new HashMap<>();
  private long[] sorted = {};

  /** Takes what the broker says of a record that it has appended. */
  synchronized void appended(RecordMetadata place) {
    appends
        .computeIfAbsent(
            new TopicPartition(place.topic(), place.partition()), partition -> new TreeMap<>())
        .put(place.offset(), place.timestamp());
  }

  /**
   * Finds the first commit that covers each record appended since a time.
   *
   * @throws IllegalStateException when a record is covered by none
   */
  synchronized void join(List<GroupLog.Commit> commits, long fromMillis) {
    long[] found = new long[appends.values().stream().mapToInt(Map::size).sum()];
    int count = 0;
    for (GroupLog.Commit commit : commits) {
      NavigableMap<Long, Long> covered =
          appends.getOrDefault(commit.partition(), new TreeMap<>()).headMap(commit.offset(), false);
      for (long append : covered.values()) {
        if (append >= fromMillis) {
          found[count++] = commit.millis() - append;
        }
      }
      covered.clear();
    }
    int left = appends.values().stream().mapToInt(Map::size).sum();
    if (left > 0) {
      throw new IllegalStateException(left + " records were not committed");
    }
    sorted = Arrays.copyOf(found, count);
    Arrays.sort(sorted);
  }

  synchronized int count() {
    return sorted.length;
  }

  /** The delay in milliseconds that this share of the records, in percent, does not exceed. */
  synchronized double percentile(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, rank - 1)];
  }
}
