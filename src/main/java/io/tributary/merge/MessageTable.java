package io.tributary.merge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.intake.Event;
import io.tributary.intake.SourceRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * The messages of a fragment as they lie in the store, so that a batch can be cut between them and
 * the source of each is known. Some seven bytes a message: numbers of variable length, and of place
 * and time only what differs from the message before.
 */
final class MessageTable {
  private static final int LONGEST_ROW = 5 * 4 + 2 * 10;

  /**
   * A message.
   *
   * @param bytes length of its records; 0 without any
   * @param records their number
   */
  record Row(int bytes, int records, MessageSource source) {}

  private MessageTable() {}

  static ByteBuffer encode(List<Event> events) {
    List<String> topics =
        events.stream().map(event -> event.source().partition().topic()).distinct().toList();
    List<byte[]> names = topics.stream().map(topic -> topic.getBytes(UTF_8)).toList();
    int longest = names.stream().mapToInt(name -> 5 + name.length).sum();
    ByteBuffer table = ByteBuffer.allocate(10 + longest + events.size() * LONGEST_ROW);
    ByteUtils.writeUnsignedVarint(topics.size(), table);
    for (byte[] name : names) {
      ByteUtils.writeUnsignedVarint(name.length, table);
      table.put(name);
    }
    ByteUtils.writeUnsignedVarint(events.size(), table);
    long offset = 0;
    long timestamp = 0;
    for (Event event : events) {
      SourceRecord source = event.source();
      int bytes = event.recordCount() == 0 ? 0 : event.payloadLength();
      ByteUtils.writeUnsignedVarint(bytes, table);
      ByteUtils.writeUnsignedVarint(event.recordCount(), table);
      ByteUtils.writeUnsignedVarint(topics.indexOf(source.partition().topic()), table);
      ByteUtils.writeUnsignedVarint(source.partition().partition(), table);
      ByteUtils.writeVarlong(source.offset() - offset, table);
      ByteUtils.writeVarlong(source.timestamp() - timestamp, table);
      offset = source.offset();
      timestamp = source.timestamp();
    }
    return table.flip();
  }

  /** Reads a table, and leaves the buffer behind it. */
  static List<Row> decode(ByteBuffer table) {
    String[] topics = new String[ByteUtils.readUnsignedVarint(table)];
    for (int i = 0; i < topics.length; i++) {
      byte[] name = new byte[ByteUtils.readUnsignedVarint(table)];
      table.get(name);
      topics[i] = new String(name, UTF_8);
    }
    int messages = ByteUtils.readUnsignedVarint(table);
    List<Row> rows = new ArrayList<>(messages);
    long offset = 0;
    long timestamp = 0;
    for (int i = 0; i < messages; i++) {
      int bytes = ByteUtils.readUnsignedVarint(table);
      int records = ByteUtils.readUnsignedVarint(table);
      String topic = topics[ByteUtils.readUnsignedVarint(table)];
      int partition = ByteUtils.readUnsignedVarint(table);
      offset += ByteUtils.readVarlong(table);
      timestamp += ByteUtils.readVarlong(table);
      rows.add(new Row(bytes, records, new MessageSource(topic, partition, offset, timestamp)));
    }
    return rows;
  }
}
