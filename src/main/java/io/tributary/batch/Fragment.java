package io.tributary.batch;

import io.tributary.event.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Messages of one partition, as they lie in the store: their records, and a table that says where
 * each message ends and where it stood. At most {@link #LARGEST} bytes of records, but for a single
 * message that is larger: arrays of half a megabyte or more are a burden to the JVM's default
 * garbage collector. Immutable, as long as nobody changes its arrays.
 *
 * @param section name of the section that the records go to
 * @param partition where the messages were read
 * @param topicId the topic's id; zero when the brokers have none
 * @param firstOffset of the first message
 * @param lastOffset of the last message
 * @param table the messages, see {@link MessageTable}
 * @param payload the records, as they arrived, with commas between them; nobody moves its position
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are stored, never compared
public record Fragment(
    String section,
    TopicPartition partition,
    Uuid topicId,
    long firstOffset,
    long lastOffset,
    byte[] table,
    ByteBuffer payload) {
  /** Bytes of records at the most. */
  static final int LARGEST = 256 * 1024;

  /**
   * The fragments of events of one partition.
   *
   * @param events in the order in which they arrived
   */
  static List<Fragment> of(Section section, Uuid topicId, List<Event> events) {
    List<Fragment> fragments = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int to = 0; to < events.size(); to++) {
      int more = bytes(events.get(to));
      if (bytes + more > LARGEST && to > from) {
        fragments.add(one(section, topicId, events.subList(from, to)));
        from = to;
        bytes = 0;
      }
      bytes += more;
    }
    if (from < events.size()) {
      fragments.add(one(section, topicId, events.subList(from, events.size())));
    }
    return fragments;
  }

  /** The bytes of an event's records, with the comma after them. */
  static int bytes(Event event) {
    return event.recordCount() == 0 ? 0 : event.payloadLength() + 1;
  }

  /** Where its first message stood. */
  public MessageSource firstSource() {
    return rows().get(0).source();
  }

  /** The messages, in their order. */
  List<MessageTable.Row> rows() {
    return MessageTable.decode(table, partition, firstOffset);
  }

  /**
   * The messages of a batch from one to before another, counted from 0.
   *
   * @param fragments all of the batch's
   */
  public static List<Fragment> slice(List<Fragment> fragments, int from, int to) {
    List<Fragment> slice = new ArrayList<>();
    int first = 0;
    for (Fragment fragment : fragments) {
      List<MessageTable.Row> rows = fragment.rows();
      int begin = Math.max(0, from - first);
      int end = Math.min(rows.size(), to - first);
      if (begin < end) {
        slice.add(fragment.only(rows, begin, end));
      }
      first += rows.size();
    }
    return slice;
  }

  private Fragment only(List<MessageTable.Row> rows, int from, int to) {
    int begin = length(rows.subList(0, from));
    int end = begin + length(rows.subList(from, to));
    // What follows each message is a comma, but for the last one.
    ByteBuffer part = begin == end ? ByteBuffer.allocate(0) : payload.slice(begin, end - 1 - begin);
    List<MessageTable.Row> messages = rows.subList(from, to);
    return new Fragment(
        section,
        partition,
        topicId,
        messages.get(0).source().offset(),
        messages.get(messages.size() - 1).source().offset(),
        MessageTable.encode(messages),
        part);
  }

  /** The bytes of their records, each message's with the comma after it. */
  private static int length(List<MessageTable.Row> rows) {
    return rows.stream().mapToInt(row -> row.records() == 0 ? 0 : row.bytes() + 1).sum();
  }

  private static Fragment one(Section section, Uuid topicId, List<Event> events) {
    int length = 0;
    List<MessageTable.Row> rows = new ArrayList<>(events.size());
    for (Event event : events) {
      length += bytes(event);
      rows.add(MessageTable.Row.of(event));
    }
    ByteBuffer payload = ByteBuffer.allocate(Math.max(0, length - 1));
    for (Event event : events) {
      if (event.recordCount() > 0) {
        if (payload.position() > 0) {
          payload.put((byte) ',');
        }
        event.copyPayload(payload);
      }
    }
    return new Fragment(
        section.name(),
        events.get(0).source().partition(),
        topicId,
        events.get(0).source().offset(),
        events.get(events.size() - 1).source().offset(),
        MessageTable.encode(rows),
        payload.flip());
  }
}
