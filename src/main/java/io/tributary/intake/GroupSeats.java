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
    for (int number = 0; ; number++) {
      String seat = identity + "-" + stream + "-" + number;
      Thread holder = holders.get(seat);
      if (holder == null || holder == Thread.currentThread() || !holder.isAlive()) {
        holders.put(seat, Thread.currentThread());
        return seat;
      }
    }
  }
}
