package io.tributary.intake;

import java.util.HashMap;
import java.util.Map;

/**
 * Names the members of the consumer group, so that a restarted process takes the places of the one
 * that died at once (KIP-345, static membership): without a name, the group would wait for the dead
 * member's session to time out. A name is made of the state folder's identity, of which one process
 * at a time can be the holder, the stream, and a number. Safe for several threads.
 */
public final class GroupSeats {
  /** Kafka takes names of up to 249 characters. */
  private static final int LONGEST_STREAM = 200;

  private final String identity;
  private final Map<String, Thread> holders = new HashMap<>();

  /**
   * @param identity name of the state folder among all others
   */
  public GroupSeats(String identity) {
    this.identity = identity;
  }

  /** The lowest seat of a stream that is the calling thread's already, or no living thread's. */
  synchronized String take(String stream) {
    String place = identity + "-" + shortened(stream) + "-";
    for (int number = 0; ; number++) {
      String seat = place + number;
      Thread holder = holders.get(seat);
      if (holder == null || holder == Thread.currentThread() || !holder.isAlive()) {
        holders.put(seat, Thread.currentThread());
        return seat;
      }
    }
  }

  private static String shortened(String stream) {
    return stream.length() <= LONGEST_STREAM
        ? stream
        : stream.substring(0, LONGEST_STREAM) + "." + Integer.toHexString(stream.hashCode());
  }
}
