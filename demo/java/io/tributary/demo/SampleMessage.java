package io.tributary.demo;

/**
 * A message as a source system sends it.
 *
 * @param kind what is special about it
 * @param messageId its ID
 * @param json its text, which for a broken one is not JSON
 */
public record SampleMessage(Kind kind, String messageId, String json) {

  /** Why a message is sent. */
  public enum Kind {
    FULL_SYNC("fullSync", "sends part of the full sync"),
    INCREMENT("increments", "sends a change"),
    CHANGED_BACK("changedBack", "takes its last change back: news, to be delivered"),
    RESENT("resent", "resends its last message, same ID: to be skipped"),
    REORDERED("reordered", "repeats itself under a new ID, keys in other order: to be skipped"),
    BROKEN("broken", "sends what is not JSON: to be a dead letter");

    private final String field;
    private final String meaning;

    Kind(String field, String meaning) {
      this.field = field;
      this.meaning = meaning;
    }

    /** The name of its count in the status. */
    public String field() {
      return field;
    }

    /** What the source does, and what should become of the message. */
    public String meaning() {
      return meaning;
    }
  }
}
