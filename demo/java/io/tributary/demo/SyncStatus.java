package io.tributary.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.demo.SampleMessage.Kind;
import java.util.List;

/** What the sample producers have sent so far. Safe for several threads. */
public final class SyncStatus {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<SampleStream> streams;

  /** The status of some streams together. */
  public SyncStatus(List<SampleStream> streams) {
    this.streams = List.copyOf(streams);
  }

  /** The counts, by topic and kind. */
  public String json() {
    ObjectNode status = JSON.createObjectNode();
    status.put("messages", messages());
    for (SampleStream stream : streams) {
      ObjectNode counts = status.putObject(stream.topic());
      for (Kind kind : Kind.values()) {
        counts.put(kind.field(), stream.count(kind));
      }
    }
    return status.toString();
  }

  /** All messages sent. */
  public int messages() {
    int messages = 0;
    for (Kind kind : Kind.values()) {
      messages += count(kind);
    }
    return messages;
  }

  /** The messages of a kind. */
  public int count(Kind kind) {
    return streams.stream().mapToInt(stream -> stream.count(kind)).sum();
  }
}
