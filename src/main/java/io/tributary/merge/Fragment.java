package io.tributary.merge;

import io.tributary.intake.Event;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one poll adds to one section of a batch: the events to merge, and the events that said
 * nothing new, whose IDs must be remembered with them. Grows until it is stored, on one thread.
 */
public final class Fragment {
  private final Section section;
  private final List<Event> merged = new ArrayList<>();
  private final List<Event> remembered = new ArrayList<>();
  private final Set<String> traces = new LinkedHashSet<>();
  private long payloadBytes;
  private int records;

  public Fragment(Section section) {
    this.section = section;
  }

  /** Whether the event fits in beside what is here; an empty fragment takes any event. */
  public boolean hasRoomFor(Event event, Limits limits) {
    return merged.isEmpty()
        || limits.allow(merged.size() + 1, payloadBytes + event.payloadLength() + 1);
  }

  /** Adds an event whose records are to be merged. */
  public void merge(Event event) {
    merged.add(event);
    records += event.recordCount();
    payloadBytes += FragmentPiece.bytes(event);
    String trace = event.source().traceparent();
    if (trace != null && traces.size() < Batch.MOST_TRACES) {
      traces.add(trace);
    }
  }

  /** Adds an event of which only the message ID is to be remembered. */
  public void remember(Event event) {
    remembered.add(event);
  }

  public Section section() {
    return section;
  }

  /** The events to merge, in the order in which they arrived. */
  public List<Event> merged() {
    return merged;
  }

  /** The events of which only the ID is remembered. */
  public List<Event> remembered() {
    return remembered;
  }

  /** The traces that the merged events came in, without repetitions; none when not traced. */
  Set<String> traces() {
    return traces;
  }

  /** The number of messages to merge. */
  public int messages() {
    return merged.size();
  }

  /** The number of records inside the messages' payloads. */
  public int records() {
    return records;
  }

  /** The bytes of the payloads, each with the comma after it. */
  public long payloadBytes() {
    return payloadBytes;
  }
}
