package io.tributary.merge;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The document of a batch: what stands around the records. The same batch always gives the same
 * bytes.
 */
final class BatchJson {
  private BatchJson() {}

  /** The bytes of an empty document with these sections, with room for the largest counts. */
  static int envelopeSize(List<Section> sections, String source, String version) {
    Batch.Completion longest =
        new Batch.Completion("EVT-20240208103000-abc123", "2024-02-08T10:30:00Z", source, version);
    List<Batch.SectionCount> counts =
        sections.stream().map(s -> new Batch.SectionCount(s, Integer.MAX_VALUE)).toList();
    Batch batch = new Batch(1, 1, 1, 0, 0, counts, longest, null, null);
    return write(batch, List.of()).length;
  }

  /**
   * The document of a completed batch.
   *
   * @param fragments all of its fragments, in the order in which they were stored
   */
  static byte[] write(Batch batch, List<StoredFragment> fragments) {
    Batch.Completion completion = batch.completion();
    if (completion == null) {
      throw new IllegalStateException("Batch " + batch.number() + " is still open");
    }
    byte[] head =
        utf8(
            "{\"eventId\":"
                + quoted(completion.eventId())
                + ",\"timestamp\":"
                + quoted(completion.timestamp()));
    List<byte[]> names =
        batch.counts().stream().map(c -> utf8("," + quoted(c.section().name()) + ":[")).toList();
    byte[] tail = utf8(",\"metadata\":" + metadata(batch, completion) + "}");

    List<List<ByteBuffer>> records =
        batch.counts().stream().map(c -> payloads(c.section().name(), fragments)).toList();

    int size = head.length + tail.length;
    for (int i = 0; i < names.size(); i++) {
      size += names.get(i).length + joinedLength(records.get(i)) + 1;
    }
    byte[] document = new byte[size];
    ByteBuffer target = ByteBuffer.wrap(document).put(head);
    for (int i = 0; i < names.size(); i++) {
      putJoined(target.put(names.get(i)), records.get(i));
      target.put((byte) ']');
    }
    target.put(tail);
    return document;
  }

  private static List<ByteBuffer> payloads(String section, List<StoredFragment> fragments) {
    return fragments.stream()
        .filter(fragment -> fragment.section().equals(section) && fragment.payload().hasRemaining())
        .map(StoredFragment::payload)
        .toList();
  }

  private static int joinedLength(List<ByteBuffer> payloads) {
    return payloads.stream().mapToInt(ByteBuffer::remaining).sum()
        + Math.max(0, payloads.size() - 1);
  }

  private static void putJoined(ByteBuffer target, List<ByteBuffer> payloads) {
    for (int i = 0; i < payloads.size(); i++) {
      if (i > 0) {
        target.put((byte) ',');
      }
      target.put(payloads.get(i).duplicate());
    }
  }

  private static String metadata(Batch batch, Batch.Completion completion) {
    StringBuilder json = new StringBuilder();
    json.append("{\"source\":").append(quoted(completion.source()));
    json.append(",\"version\":").append(quoted(completion.version()));
    for (Batch.SectionCount count : batch.counts()) {
      json.append(',').append(quoted(count.section().countField())).append(':');
      json.append(count.records());
    }
    return json.append('}').toString();
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
