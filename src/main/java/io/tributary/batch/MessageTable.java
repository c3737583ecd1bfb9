package io.tributary.batch;

import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * The messages of a fragment as they lie in the store, so that a batch can be cut between them and
 * the source of each is known. Some five bytes a message: numbers of variable length, and of place
 * and time only what differs from the message before.
 */
final class MessageTable {
  private static final int LONGEST_COUNT = 5;
  private static final int LONGEST_ROW = 2 * 5 + 2 * 10;

  /**
   * A message.
   *
   * @param bytes length of its records; 0 without any
   * @param records their number
   */
  record Row(int bytes, int records, MessageSource source) {
    static Row of(Event event) {
      SourceRecord source = event.source();
      return new Row(
          event.recordCount() == 0 ? 0 : event.payloadLength(),
          event.recordCount(),
          new MessageSource(
              source.partition().topic(),
              source.partition().partition(),
              source.offset(),
              source.timestamp()));
    }
  }

  private MessageTable() {}

  /**
   * Writes a table.
   *
   * @param rows of one partition, at least one
   */
  static byte[] encode(List<Row> rows) {
    ByteBuffer table = ByteBuffer.allocate(LONGEST_COUNT + rows.size() * LONGEST_ROW);
    ByteUtils.writeUnsignedVarint(rows.size(), table);
    long offset = rows.get(0).source().offset();
    long timestamp = 0;
    for (Row row : rows) {
      ByteUtils.writeUnsignedVarint(row.bytes(), table);
      ByteUtils.writeUnsignedVarint(row.records(), table);
      ByteUtils.writeVarlong(row.source().offset() - offset, table);
      ByteUtils.writeVarlong(row.source().timestamp() - timestamp, table);
      offset = row.source().offset();
      timestamp = row.source().timestamp();
    }
    return Arrays.copyOf(table.array(), table.position());
  }

  /** Reads a table. */
  static List<Row> decode(byte[] bytes, TopicPartition partition, long firstOffset) {
    ByteBuffer table = ByteBuffer.wrap(bytes);
    int messages = ByteUtils.readUnsignedVarint(table);
    List<Row> rows = new ArrayList<>(messages);
    long offset = firstOffset;
    long timestamp = 0;
    for (int i = 0; i < messages; i++) {
      int length = ByteUtils.readUnsignedVarint(table);
      int records = ByteUtils.readUnsignedVarint(table);
      offset += ByteUtils.readVarlong(table);
      timestamp += ByteUtils.readVarlong(table);
      rows.add(
          new Row(
              length,
              records,
              new MessageSource(partition.topic(), partition.partition(), offset, timestamp)));
    }
    return rows;
  }
}
