package io.tributary.batch;

import io.tributary.event.Event;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What one poll adds to a batch. Immutable.
 *
 * @param section the array that its records go to
 * @param messages messages merged
 * @param records records inside their payloads
 * @param payloadBytes bytes of the records, each message's with the comma after it
 * @param fragments the messages, as they are stored
 * @param traces the traces that the messages came in, without repetitions; none when not traced
 */
public record Contribution(
    Section section,
    int messages,
    int records,
    long payloadBytes,
    List<Fragment> fragments,
    Set<String> traces) {

  /**
   * What events add.
   *
   * @param events in the order in which they arrived: partition by partition
   * @param topicIds the id of a partition's topic
   */
  public static Contribution of(
      Section section, List<Event> events, Function<TopicPartition, Uuid> topicIds) {
    List<Fragment> fragments = new ArrayList<>();
    Set<String> traces = new LinkedHashSet<>();
    int records = 0;
    long bytes = 0;
    int from = 0;
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      records += event.recordCount();
      bytes += Fragment.bytes(event);
      String trace = event.source().traceparent();
      if (trace != null && traces.size() < Batch.MOST_TRACES) {
        traces.add(trace);
      }
      TopicPartition partition = event.source().partition();
      boolean last = i + 1 == events.size();
      if (last || !events.get(i + 1).source().partition().equals(partition)) {
        Uuid topicId = topicIds.apply(partition);
        fragments.addAll(Fragment.of(section, topicId, events.subList(from, i + 1)));
        from = i + 1;
      }
    }
    return new Contribution(section, events.size(), records, bytes, fragments, traces);
  }
}
