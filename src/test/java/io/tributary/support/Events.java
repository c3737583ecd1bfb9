package io.tributary.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/** Makes events as the intake does: by decoding records of one topic. */
public final class Events {
  /** The store passes over what stands before the place up to which it has read. */
  private static final AtomicLong NEXT_OFFSET = new AtomicLong();

  private final EventDecoder decoder;
  private final String topic;

  public Events(ContentDedupe mode, String topic) {
    this.decoder = new EventDecoder(mode);
    this.topic = topic;
  }

  /** Events on the topic {@code customer_data}, compared with the latest. */
  public static Events customers() {
    return new Events(ContentDedupe.LATEST, "customer_data");
  }

  /** The event with this ID and these records, separated by commas, behind all others. */
  public Event event(String messageId, String records) {
    return at(0, NEXT_OFFSET.getAndIncrement(), messageId, records);
  }

  /** The event that stands at this place. */
  public Event at(int partition, long offset, String messageId, String records) {
    String json = "{\"messageId\":\"" + messageId + "\",\"payload\":[" + records + "]}";
    return (Event) decoder.decode(record(partition, offset, json.getBytes(UTF_8)));
  }

  /** A record at this place, with any value. */
  public SourceRecord record(int partition, long offset, byte[] value) {
    return new SourceRecord(new TopicPartition(topic, partition), offset, 0, null, value);
  }
}
