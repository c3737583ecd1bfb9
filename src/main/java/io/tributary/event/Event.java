package io.tributary.event;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A usable record, decoded. The records inside its payload stay the bytes that arrived: {@link
 * #copyPayload} copies them from the first one's first byte to the last one's last. Belongs to the
 * thread of its consumer.
 */
public final class Event implements Decoded {
  private final SourceRecord source;
  private final byte[] value;
  private final String messageId;
  private final Hash128 idHash;
  private final int payloadStart;
  private final int payloadEnd;
  private final int recordCount;
  private final @Nullable Payload payload;

  private Outcome outcome = Outcome.MERGED;
  private boolean stored;

  /**
   * The hashes of a payload.
   *
   * @param whole the hash of the whole array
   * @param entries the hash of each entry, in order
   */
  public record Payload(Hash128 whole, List<Entry> entries) {
    /** Whether each entry has an {@code id}. */
    public boolean isIdentified() {
      for (Entry entry : entries) {
        if (entry.id() == null) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * The hashes of one entry of a payload.
   *
   * @param id of its {@code id} together with the topic; null when it has none
   * @param value of the whole entry
   */
  public record Entry(@Nullable Hash128 id, Hash128 value) {}

  /**
   * @param value the record's value, in which the payload stands
   * @param payloadStart of the first record inside the payload
   * @param payloadEnd after the last one
   * @param payload null when content is not compared
   */
  public Event(
      SourceRecord source,
      byte[] value,
      String messageId,
      Hash128 idHash,
      int payloadStart,
      int payloadEnd,
      int recordCount,
      @Nullable Payload payload) {
    this.source = source;
    this.value = value;
    this.messageId = messageId;
    this.idHash = idHash;
    this.payloadStart = payloadStart;
    this.payloadEnd = payloadEnd;
    this.recordCount = recordCount;
    this.payload = payload;
  }

  @Override
  public SourceRecord source() {
    return source;
  }

  /** The producer's identity of the event. */
  public String messageId() {
    return messageId;
  }

  /** The hash of the message ID. */
  public Hash128 idHash() {
    return idHash;
  }

  /** The hashes of the payload; null when content is not compared. */
  public @Nullable Payload payload() {
    return payload;
  }

  /** The number of records inside the payload. */
  public int recordCount() {
    return recordCount;
  }

  /** The length of what {@link #copyPayload} copies, in bytes. */
  public int payloadLength() {
    return payloadEnd - payloadStart;
  }

  /** Copies the records inside the payload, with what separates them, without the brackets. */
  public void copyPayload(ByteBuffer target) {
    target.put(value, payloadStart, payloadEnd - payloadStart);
  }

  /** What became of the event; {@link Outcome#MERGED} until a step says otherwise. */
  public Outcome outcome() {
    return outcome;
  }

  /** Says that the event is a duplicate. */
  public void skip(Outcome duplicate) {
    this.outcome = duplicate;
  }

  /** Whether the merge store holds the event's keys: then they outlive a failure of its poll. */
  public boolean isStored() {
    return stored;
  }

  /** Says that the merge store holds the event's keys. */
  public void markStored() {
    this.stored = true;
  }

  /** Where the record stands. Never its body. */
  @Override
  public String toString() {
    return source.toString();
  }
}
