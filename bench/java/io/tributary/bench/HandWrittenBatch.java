package io.tributary.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A batch of {@link HandWritten}: grows in the store's lock, and is sent when it is complete. */
final class HandWrittenBatch {
  private static final List<String> SECTIONS = List.of("customers", "products");

  private final long number;
  private final long openedAt = System.currentTimeMillis();
  private final List<List<byte[]>> payloads = List.of(new ArrayList<>(), new ArrayList<>());
  private final int[] records = new int[2];
  private int messages;
  private long bytes;
  private String completed = "";

  HandWrittenBatch(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  long openedAt() {
    return openedAt;
  }

  int messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }

  int fragments() {
    return payloads.get(0).size() + payloads.get(1).size();
  }

  void add(int section, byte[] payload, int moreMessages, int moreRecords) {
    payloads.get(section).add(payload);
    messages += moreMessages;
    records[section] += moreRecords;
    bytes += payload.length + 1;
  }

  /** Fixes what the batch is called. */
  void complete() {
    completed = Instant.now().toString();
  }

  String eventId() {
    return "EVT-" + completed + "-" + number;
  }

  /** What the store keeps of the batch beside its fragments. */
  byte[] head() {
    String head = "%d %d %d %d %d %s";
    return head.formatted(openedAt, messages, bytes, records[0], records[1], completed)
        .getBytes(UTF_8);
  }

  /** The document, in pieces that follow one another. */
  List<byte[]> document() {
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(utf8("{\"eventId\":\"" + eventId() + "\",\"timestamp\":\"" + completed + "\""));
    for (int section = 0; section < SECTIONS.size(); section++) {
      String before = ",\"" + SECTIONS.get(section) + "\":[";
      for (byte[] payload : payloads.get(section)) {
        pieces.add(utf8(before));
        pieces.add(payload);
        before = ",";
      }
      pieces.add(utf8(before.equals(",") ? "]" : before + "]"));
    }
    pieces.add(
        utf8(
            ",\"metadata\":{\"source\":\"bench\",\"version\":\"1\",\"customerCount\":"
                + records[0]
                + ",\"productCount\":"
                + records[1]
                + "}}"));
    return pieces;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
