package io.tributary.batch;

import io.tributary.batch.Batch.SectionCount;
import java.util.List;

/**
 * Some of a batch's messages, which are sent as a batch of their own because the API refused the
 * batch. Immutable.
 *
 * @param suffix what follows the batch's event ID in this part's: {@code -2-1} is the first half of
 *     the second half
 * @param from its first message, counted from 0
 * @param to the message after its last one
 * @param payloadBytes bytes of their records, with separators
 * @param counts records by section
 */
public record BatchPart(
    String suffix, int from, int to, long payloadBytes, List<SectionCount> counts) {

  /** The number of messages. */
  public int messages() {
    return to - from;
  }

  /** The two halves of a batch or of a part of one, in order. */
  public static List<BatchPart> halves(Batch batch, List<Fragment> fragments) {
    BatchPart part = batch.part();
    String suffix = part == null ? "" : part.suffix();
    int from = part == null ? 0 : part.from();
    int to = from + batch.messages();
    int middle = from + (to - from) / 2;
    return List.of(
        of(suffix + "-1", from, middle, batch, fragments),
        of(suffix + "-2", middle, to, batch, fragments));
  }

  private static BatchPart of(
      String suffix, int from, int to, Batch batch, List<Fragment> fragments) {
    List<Fragment> slice = Fragment.slice(fragments, from, to);
    long bytes =
        slice.stream()
            .mapToLong(piece -> piece.payload().remaining())
            .map(length -> length == 0 ? 0 : length + 1)
            .sum();
    List<SectionCount> counts =
        batch.counts().stream()
            .map(count -> new SectionCount(count.section(), records(slice, count.section())))
            .toList();
    return new BatchPart(suffix, from, to, bytes, counts);
  }

  private static int records(List<Fragment> slice, Section section) {
    return slice.stream()
        .filter(piece -> piece.section().equals(section.name()))
        .flatMap(piece -> piece.rows().stream())
        .mapToInt(MessageTable.Row::records)
        .sum();
  }
}
