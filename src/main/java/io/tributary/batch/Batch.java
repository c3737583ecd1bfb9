package io.tributary.batch;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The head of a batch; its records are in its {@link Fragment}s. Immutable.
 *
 * @param number place in the order of batches, from 1
 * @param openedAt when its first message was stored, in milliseconds since the epoch; 0 before that
 * @param messages messages merged
 * @param payloadBytes bytes of their records, with separators
 * @param fragments fragments stored
 * @param counts records by section, in the order in which they stand in the batch
 * @param completion null while the batch is open
 * @param traces the traces that its messages came in, the first one's first
 * @param parts when the API has refused the batch as a whole, what of it is not settled, in the
 *     order in which it is sent; of such a part itself, that part; else null
 */
public record Batch(
    long number,
    long openedAt,
    int messages,
    long payloadBytes,
    int fragments,
    List<SectionCount> counts,
    @Nullable Completion completion,
    List<String> traces,
    @Nullable List<BatchPart> parts) {

  /** The first one, and as many links as a span has at the most. */
  static final int MOST_TRACES = 129;

  /**
   * What is fixed when a batch is completed.
   *
   * @param eventId the batch's identity towards the API
   * @param timestamp when it was completed, ISO 8601 in UTC
   * @param source name of the service
   * @param version version of the service
   * @param reason why it was completed
   */
  public record Completion(
      String eventId, String timestamp, String source, String version, CompletionReason reason) {}

  /** The number of records in a section. */
  public record SectionCount(Section section, int records) {}

  /** A batch in which nothing is yet. */
  public static Batch opened(long number) {
    return new Batch(number, 0, 0, 0, 0, List.of(), null, List.of(), null);
  }

  /** This batch with the messages of one more poll. */
  public Batch with(Contribution more, long now) {
    boolean first = messages == 0 && more.messages() > 0;
    return new Batch(
        number,
        first ? now : openedAt,
        messages + more.messages(),
        payloadBytes + more.payloadBytes(),
        fragments + more.fragments().size(),
        plus(more.section(), more.records()),
        null,
        plus(more.traces()),
        null);
  }

  /**
   * This batch, completed: with every section that there is, also those that it has nothing for.
   */
  public Batch completed(Completion seal, List<Section> sections) {
    Map<Section, Integer> all = new LinkedHashMap<>();
    sections.forEach(section -> all.put(section, 0));
    counts.forEach(count -> all.merge(count.section(), count.records(), Integer::sum));
    return new Batch(
        number, openedAt, messages, payloadBytes, fragments, listed(all), seal, traces, null);
  }

  /**
   * What is not settled of it, in the order in which it is sent: the batch itself or, when the API
   * has refused that, its parts, each as the batch that it is to the API.
   */
  public List<Batch> unsettled() {
    return parts == null ? List.of(this) : parts.stream().map(this::only).toList();
  }

  /** The part of a batch that it is; null when it is a whole one. */
  public @Nullable BatchPart part() {
    return parts == null ? null : parts.get(0);
  }

  /** The messages that are not settled. */
  public int unsettledMessages() {
    return parts == null ? messages : parts.stream().mapToInt(BatchPart::messages).sum();
  }

  /** This batch with the next of its parts, or itself, in two halves. */
  public Batch halved(List<BatchPart> halves) {
    Stream<BatchPart> rest = parts == null ? Stream.of() : parts.stream().skip(1);
    return with(Stream.concat(halves.stream(), rest).toList());
  }

  /** This batch without the next of its parts; null when that was the last one. */
  public @Nullable Batch withoutNextPart() {
    return parts == null || parts.size() == 1 ? null : with(parts.subList(1, parts.size()));
  }

  private Batch with(List<BatchPart> others) {
    return new Batch(
        number, openedAt, messages, payloadBytes, fragments, counts, completion, traces, others);
  }

  private Batch only(BatchPart part) {
    Completion whole = Objects.requireNonNull(completion, "An open batch has no parts");
    Completion own =
        new Completion(
            whole.eventId() + part.suffix(),
            whole.timestamp(),
            whole.source(),
            whole.version(),
            whole.reason());
    return new Batch(
        number,
        openedAt,
        part.messages(),
        part.payloadBytes(),
        fragments,
        part.counts(),
        own,
        traces,
        List.of(part));
  }

  /** Why it was completed, in a word; {@code open} while it is not. */
  public String reason() {
    return completion == null ? "open" : completion.reason().label();
  }

  /** When it was completed, to the second; null while it is open, or when that is no time. */
  public @Nullable Instant completedAt() {
    try {
      return completion == null ? null : Instant.parse(completion.timestamp());
    } catch (DateTimeParseException notATime) {
      return null; // what only watches a delivery must not fail it
    }
  }

  /** Whether it has no record: then there is nothing to send. */
  public boolean isEmpty() {
    return records() == 0;
  }

  /** The number of records in all sections. */
  public int records() {
    return counts.stream().mapToInt(SectionCount::records).sum();
  }

  /** The records of each section, as the log has them: {@code customers=5, products=7}. */
  public String countsText() {
    return counts.stream()
        .map(count -> count.section().name() + "=" + count.records())
        .collect(Collectors.joining(", "));
  }

  /** The identity towards the API; the number alone while the batch is open. */
  public String eventId() {
    return completion == null ? "open-" + number : completion.eventId();
  }

  private List<SectionCount> plus(Section section, int records) {
    Map<Section, Integer> all = new LinkedHashMap<>();
    counts.forEach(count -> all.put(count.section(), count.records()));
    all.merge(section, records, Integer::sum);
    return listed(all);
  }

  private List<String> plus(Set<String> more) {
    return more.isEmpty()
        ? traces
        : Stream.concat(traces.stream(), more.stream()).distinct().limit(MOST_TRACES).toList();
  }

  private static List<SectionCount> listed(Map<Section, Integer> counts) {
    return counts.entrySet().stream()
        .map(count -> new SectionCount(count.getKey(), count.getValue()))
        .toList();
  }
}
