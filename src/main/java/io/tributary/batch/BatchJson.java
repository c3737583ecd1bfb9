package io.tributary.batch;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The document of a batch: what stands around the records. The same batch always gives the same
 * bytes.
 */
public final class BatchJson {
  /** The fields that every document has beside its sections. */
  public static final List<String> FIELDS = List.of("eventId", "timestamp", "metadata");

  /** The fields that every document's metadata has beside the counts. */
  public static final List<String> METADATA_FIELDS = List.of("source", "version");

  private BatchJson() {}

  /** The bytes of an empty document with these sections, with room for the largest counts. */
  public static int envelopeSize(List<Section> sections, String source, String version) {
    Batch.Completion longest =
        new Batch.Completion(
            "EVT-20240208103000-abc123",
            "2024-02-08T10:30:00Z",
            source,
            version,
            CompletionReason.WINDOW);
    List<Batch.SectionCount> counts =
        sections.stream().map(s -> new Batch.SectionCount(s, Integer.MAX_VALUE)).toList();
    Batch batch = new Batch(1, 1, 1, 0, 0, counts, longest, List.of(), null);
    return (int) write(batch, List.of()).getContentLength();
  }

  /**
   * The document of a completed batch.
   *
   * @param fragments all of its fragments, in the order in which they were stored
   */
  public static BatchDocument write(Batch batch, List<Fragment> fragments) {
    Batch.Completion completion = batch.completion();
    if (completion == null) {
      throw new IllegalStateException("Batch " + batch.number() + " is still open");
    }
    String head =
        "{\"eventId\":"
            + quoted(completion.eventId())
            + ",\"timestamp\":"
            + quoted(completion.timestamp());
    List<ByteBuffer> pieces = new ArrayList<>();
    pieces.add(utf8(head));
    for (Batch.SectionCount count : batch.counts()) {
      String section = count.section().name();
      String before = "," + quoted(section) + ":[";
      for (Fragment fragment : fragments) {
        if (fragment.section().equals(section) && fragment.payload().hasRemaining()) {
          pieces.add(utf8(before));
          pieces.add(fragment.payload());
          before = ",";
        }
      }
      pieces.add(utf8(before.equals(",") ? "]" : before + "]"));
    }
    pieces.add(utf8(",\"metadata\":" + metadata(batch, completion) + "}"));
    return new BatchDocument(pieces);
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

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
