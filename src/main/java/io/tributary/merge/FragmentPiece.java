package io.tributary.merge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.intake.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of a fragment's events as it is stored, see {@link StoredFragment}. A fragment is stored in
 * pieces, since an array of half a megabyte or more is a burden to the JVM's default garbage
 * collector (a <em>humongous</em> object of G1's, which begins a marking cycle after a few of
 * them).
 */
final class FragmentPiece {
  /** Bytes of records in a piece at the most, but for a single message that is larger. */
  static final int LARGEST = 256 * 1024;

  private final byte[] section;
  private final List<Event> events;
  private final ByteBuffer table;
  private final int payloadBytes;

  private FragmentPiece(byte[] section, List<Event> events) {
    this.section = section;
    this.events = events;
    this.table = MessageTable.encode(events);
    this.payloadBytes = Math.max(0, events.stream().mapToInt(FragmentPiece::bytes).sum() - 1);
  }

  /** All of a fragment's merged events, in their order. */
  static List<FragmentPiece> of(Fragment fragment) {
    byte[] section = fragment.section().name().getBytes(UTF_8);
    List<Event> events = fragment.merged();
    List<FragmentPiece> pieces = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int to = 0; to < events.size(); to++) {
      int more = bytes(events.get(to));
      if (bytes + more > LARGEST && to > from) {
        pieces.add(new FragmentPiece(section, events.subList(from, to)));
        from = to;
        bytes = 0;
      }
      bytes += more;
    }
    if (from < events.size()) {
      pieces.add(new FragmentPiece(section, events.subList(from, events.size())));
    }
    return pieces;
  }

  /** The bytes that {@link #writeTo} writes. */
  int size() {
    return 2 * Integer.BYTES + section.length + table.limit() + payloadBytes;
  }

  /** Writes the piece; the records, as they arrived, with commas between them. */
  void writeTo(ByteBuffer target) {
    target.putInt(StoredFragment.WITH_TABLE).putInt(section.length).put(section);
    target.put(table.duplicate());
    boolean first = true;
    for (Event event : events) {
      if (event.recordCount() > 0) {
        if (!first) {
          target.put((byte) ',');
        }
        event.copyPayload(target);
        first = false;
      }
    }
  }

  /** The bytes of an event's records, with the comma after them. */
  static int bytes(Event event) {
    return event.recordCount() == 0 ? 0 : event.payloadLength() + 1;
  }
}
