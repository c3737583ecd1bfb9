package io.tributary.replay;

import io.tributary.event.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; what is null or empty lets all pass.
 *
 * @param reason the label of a {@link Reason}
 * @param from not before
 * @param to not after
 * @param id an event id, a message ID, or a record's place as {@code topic-partition@offset}
 */
public record ReplayFilter(String reason, @Nullable Instant from, @Nullable Instant to, String id) {

  /**
   * Reads what an operator wrote.
   *
   * @throws IllegalArgumentException when that cannot be read; the message says what is allowed
   */
  public static ReplayFilter parse(
      @Nullable String reason, @Nullable String from, @Nullable String to, @Nullable String id) {
    String label = stripped(reason);
    List<String> known = Arrays.stream(Reason.values()).map(Reason::label).toList();
    if (!label.isEmpty() && !known.contains(label)) {
      throw new IllegalArgumentException(
          "There is no reason '" + label + "'; one of these, or none: " + String.join(", ", known));
    }
    return new ReplayFilter(label, time("from", from), time("to", to), stripped(id));
  }

  /** Whether all but the id agree; the id of a record is known once it is decoded. */
  boolean admits(StoredLetter letter) {
    return (reason.isEmpty() || reason.equals(letter.reason()))
        && (from == null || !letter.time().isBefore(from))
        && (to == null || !letter.time().isAfter(to));
  }

  /** Whether the id is the letter's. */
  boolean admitsId(StoredLetter letter, @Nullable String messageId) {
    return id.isEmpty()
        || id.equals(letter.eventId())
        || id.equals(messageId)
        || id.equals(letter.source().toString());
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    String written = stripped(text);
    try {
      return written.isEmpty() ? null : Instant.parse(written);
    } catch (DateTimeException notATime) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is '"
              + written
              + "'; a time as 2024-02-08T10:30:00Z, or none, is allowed",
          notATime);
    }
  }

  private static String stripped(@Nullable String text) {
    return text == null ? "" : text.strip();
  }
}
