package io.tributary.intake;

import io.tributary.event.Reason;

/**
 * Bytes are no JSON, or too deep. Has no stack trace, since a stream may be full of such records.
 */
final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  private JsonException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  /** A byte that cannot stand where it does, or the end where more must come. */
  static JsonException at(int place) {
    return notJson("at byte " + place);
  }

  /** No JSON, for another reason than a single byte. */
  static JsonException notJson(String detail) {
    return new JsonException(Reason.NOT_JSON, detail);
  }

  /** More levels of arrays and objects than are allowed. */
  static JsonException tooDeep(int allowed) {
    return new JsonException(Reason.TOO_DEEP, "more than " + allowed + " levels");
  }

  Reason reason() {
    return reason;
  }

  /** What there is to add to the reason, never a part of the record. */
  String detail() {
    return String.valueOf(getMessage());
  }
}
