package io.tributary.event;

import java.util.Locale;

/** Why a record or a batch became a dead letter. */
public enum Reason {
  TOMBSTONE("the record has no value"),
  EMPTY("the record's value is empty"),
  NOT_UTF8("the value is not UTF-8"),
  NOT_JSON("the value is not JSON"),
  TOO_DEEP("the JSON is nested more deeply than is allowed"),
  NOT_AN_OBJECT("the JSON is not an object"),
  NO_MESSAGE_ID("messageId is missing"),
  MESSAGE_ID_NOT_A_STRING("messageId is not a string"),
  BLANK_MESSAGE_ID("messageId is blank"),
  NO_PAYLOAD("payload is missing"),
  PAYLOAD_NOT_AN_ARRAY("payload is not an array"),
  UNKNOWN_SCHEMA("the schema registry does not know the value's schema"),
  NOT_AVRO("the value does not fit its schema"),
  REFUSED_BY_API("the API refused the batch");

  private final String sentence;

  Reason(String sentence) {
    this.sentence = sentence;
  }

  /** The reason as a header and a metric's label carry it: {@code not-json}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The reason for a person, without a full stop. */
  public String sentence() {
    return sentence;
  }
}
