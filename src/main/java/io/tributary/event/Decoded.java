package io.tributary.event;

/** What a record turned out to be: an {@link Event} or a {@link DeadLetter}. */
public interface Decoded {
  /** The record it was decoded from. */
  SourceRecord source();
}
