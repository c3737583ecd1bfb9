package io.tributary.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.UUID;

/**
 * The messages of one topic, all of one length: five nested records each, none like another. There
 * are no duplicates: whether one is still remembered depends on how the broker hands the partitions
 * over, so that the right number of records could not be told.
 */
final class SampleEvents {
  /** Records in a message. */
  static final int RECORDS = 5;

  private final char letter;
  private final int partitions;
  private final String note;

  /**
   * @param letter begins the IDs of this topic's records
   * @param bytes length of a message; those without any padding are longer than a small one
   */
  SampleEvents(char letter, int partitions, int bytes) {
    this.letter = letter;
    this.partitions = partitions;
    this.note = "x".repeat(Math.max(0, bytes - bytes(0, "").length) / RECORDS);
  }

  /** The message at a place in the topic. */
  byte[] message(int place) {
    return bytes(place, note);
  }

  /** The partition of the message at a place. */
  int partition(int place) {
    return place % partitions;
  }

  private byte[] bytes(int number, String padding) {
    StringBuilder json = new StringBuilder(1024);
    json.append("{\"messageId\":\"").append(new UUID(letter, number));
    json.append("\",\"source\":\"bench\",\"eventType\":\"SAMPLE\"");
    json.append(",\"timestamp\":\"2024-02-08T10:30:00Z\",\"payload\":[");
    String digits = String.valueOf(1_000_000_000L + number).substring(1);
    for (int i = 0; i < RECORDS; i++) {
      json.append(i == 0 ? "" : ",");
      json.append("{\"id\":\"").append(letter).append(digits).append('-').append(i);
      json.append("\",\"name\":\"Name of ").append(digits);
      json.append("\",\"address\":{\"city\":\"Riverton\",\"zip\":\"").append(digits, 4, 9);
      json.append("\"},\"amount\":").append(i).append('.').append(digits);
      json.append(",\"note\":\"").append(padding).append("\"}");
    }
    json.append("],\"metadata\":{\"syncType\":\"INITIAL_FULL\",\"recordCount\":5}}");
    return json.toString().getBytes(US_ASCII);
  }
}
