package io.tributary.dedupe;

/** How the content of an event is compared with what was accepted before. */
public enum ContentDedupe {
  /** Each entry with the last accepted entry of the same {@code id} on its topic. */
  LATEST,
  /** The whole payload with every payload accepted within size and time to live. */
  WINDOW,
  /** Not at all. */
  OFF
}
