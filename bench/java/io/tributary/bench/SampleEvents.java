package io.tributary.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.UUID;

/**
 * The messages of one topic, all of one length, none like another: five nested records each, or one
 * flat record where five do not fit. There are no duplicates: whether one is still remembered
 * depends on how the broker hands the partitions over, so that the right number of records could
 * not be told.
 */
final class SampleEvents {
  /** The shortest message. */
  static final int LEAST_BYTES = 180;

  /** Records in a message, at the most. */
  static final int MOST_RECORDS = 5;

  /** The fields of a nested record beside its ID, as a schema of Avro has them. */
  static final String NESTED_FIELDS =
      """
      {"name":"name","type":"string"},
      {"name":"address","type":{"type":"record","name":"Address","fields":[
        {"name":"city","type":"string"},{"name":"zip","type":"string"}]}},
      {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":9}},
      {"name":"note","type":"string"}
      """;

  private static final int NESTED_BYTES = 900;

  private final char letter;
  private final int records;
  private final int padding;

  /**
   * @param letter begins the IDs of this topic's records
   * @param bytes length of a message
   */
  SampleEvents(char letter, int bytes) {
    this.letter = letter;
    this.records = bytes < NESTED_BYTES ? 1 : MOST_RECORDS;
    this.padding = bytes - bytes(0, 0).length;
    if (padding < 0) {
      throw new IllegalArgumentException("No message is as short as " + bytes + " bytes");
    }
  }

  /** Records in a message. */
  int records() {
    return records;
  }

  /** The message at a place in the topic. */
  byte[] message(int place) {
    return bytes(place, padding);
  }

  private byte[] bytes(int number, int padded) {
    StringBuilder json = new StringBuilder(1024 + padded);
    json.append("{\"messageId\":\"").append(new UUID(letter, number));
    json.append("\",\"source\":\"bench\",\"eventType\":\"SAMPLE\"");
    json.append(",\"timestamp\":\"2024-02-08T10:30:00Z\",\"payload\":[");
    String digits = String.valueOf(1_000_000_000L + number).substring(1);
    for (int i = 0; i < records; i++) {
      json.append(i == 0 ? "" : ",");
      json.append("{\"id\":\"").append(letter).append(digits).append('-').append(i);
      if (records > 1) {
        json.append("\",\"name\":\"Name of ").append(digits);
        json.append("\",\"address\":{\"city\":\"Riverton\",\"zip\":\"").append(digits, 4, 9);
        json.append("\"},\"amount\":").append(i).append('.').append(digits).append(",\"note\":\"");
      } else {
        json.append("\",\"note\":\"");
      }
      int rest = i == 0 ? padded % records : 0;
      json.append("x".repeat(padded / records + rest)).append("\"}");
    }
    json.append(']');
    if (records > 1) {
      json.append(",\"metadata\":{\"syncType\":\"INITIAL_FULL\",\"recordCount\":5}");
    }
    return json.append('}').toString().getBytes(US_ASCII);
  }
}
