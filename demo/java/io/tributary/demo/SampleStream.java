package io.tributary.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.demo.SampleMessage.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one topic: a full sync, then increments, among them some that a careless source
 * sends twice or broken, on a fixed schedule. Safe for several threads.
 */
public final class SampleStream {
  private static final Logger LOG = LoggerFactory.getLogger("io.tributary.demo.producers");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int ENTRIES_PER_MESSAGE = 5;
  private static final int CYCLE = 16;

  private final String topic;
  private final String eventType;
  private final int phase;
  private final List<ObjectNode> entries;
  private final Consumer<ObjectNode> change;
  private final Function<String, byte[]> format;
  private final Random random = new Random(1);
  private final Map<Kind, Integer> sent = new EnumMap<>(Kind.class);

  private int tick;
  private List<ObjectNode> lastEntries = List.of();
  private SampleMessage last = new SampleMessage(Kind.FULL_SYNC, "", "");
  private ObjectNode before = JSON.createObjectNode();

  /**
   * A stream from which nothing has been sent.
   *
   * @param phase where in its schedule of oddities it begins
   * @param entries what the source has, each with an {@code id}
   * @param change changes an entry, so that it differs from what it was
   * @param format makes a record's value of a message's text
   */
  public SampleStream(
      String topic,
      String eventType,
      int phase,
      List<ObjectNode> entries,
      Consumer<ObjectNode> change,
      Function<String, byte[]> format) {
    this.topic = topic;
    this.eventType = eventType;
    this.phase = phase;
    this.entries = entries;
    this.change = change;
    this.format = format;
  }

  /** What the source sends now: at first everything, then a message at a time. */
  public synchronized List<SampleMessage> next() {
    return tick++ == 0 ? fullSync() : List.of(oneMessage((tick + phase) % CYCLE));
  }

  /** A message as the topic gets it. */
  public byte[] value(SampleMessage message) {
    return format.apply(message.json());
  }

  /** A message is in the topic. */
  public synchronized void sent(@Variable("message") SampleMessage message) {
    sent.merge(message.kind(), 1, Integer::sum);
    switch (message.kind()) {
      case RESENT, REORDERED, CHANGED_BACK, BROKEN ->
          LOG.info("{} {}, id={}", topic, message.kind().meaning(), message.messageId());
      case FULL_SYNC, INCREMENT -> {}
    }
  }

  /** The topic that it belongs to. */
  public String topic() {
    return topic;
  }

  /** How many messages of a kind are in the topic. */
  public synchronized int count(Kind kind) {
    return sent.getOrDefault(kind, 0);
  }

  private List<SampleMessage> fullSync() {
    List<SampleMessage> messages = new ArrayList<>();
    for (int from = 0; from < entries.size(); from += ENTRIES_PER_MESSAGE) {
      int to = Math.min(from + ENTRIES_PER_MESSAGE, entries.size());
      messages.add(message(Kind.FULL_SYNC, entries.subList(from, to)));
    }
    LOG.info(
        "{} sends its full sync: {} records in {} messages",
        topic,
        entries.size(),
        messages.size());
    return messages;
  }

  private SampleMessage oneMessage(int place) {
    return switch (place) {
      case 4 -> new SampleMessage(Kind.RESENT, last.messageId(), last.json());
      case 6 -> message(Kind.REORDERED, lastEntries.stream().map(SampleStream::reordered).toList());
      case 8 -> {
        ObjectNode entry = any();
        before = entry.deepCopy();
        change.accept(entry);
        yield message(Kind.INCREMENT, List.of(entry));
      }
      case 9 -> {
        lastEntries.get(0).setAll(before);
        yield message(Kind.CHANGED_BACK, lastEntries);
      }
      case 11 -> broken();
      default -> {
        ObjectNode entry = any();
        change.accept(entry);
        yield message(Kind.INCREMENT, List.of(entry));
      }
    };
  }

  private ObjectNode any() {
    return entries.get(random.nextInt(entries.size()));
  }

  private SampleMessage message(Kind kind, List<ObjectNode> payload) {
    String id = UUID.randomUUID().toString();
    ObjectNode message = JSON.createObjectNode();
    message.put("messageId", id);
    message.put("source", "java-producers");
    message.put("eventType", eventType);
    message.put("timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    ArrayNode records = message.putArray("payload");
    payload.forEach(entry -> records.add(entry.deepCopy()));
    message
        .putObject("metadata")
        .put("syncType", kind == Kind.FULL_SYNC ? "INITIAL_FULL" : "INCREMENTAL")
        .put("recordCount", payload.size());
    lastEntries = List.copyOf(payload);
    last = new SampleMessage(kind, id, message.toString());
    return last;
  }

  private SampleMessage broken() {
    String id = UUID.randomUUID().toString();
    String cut = "{\"messageId\":\"" + id + "\",\"payload\":[{\"id\":";
    return new SampleMessage(Kind.BROKEN, id, cut);
  }

  private static ObjectNode reordered(ObjectNode entry) {
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(entry.properties());
    Collections.reverse(fields);
    ObjectNode other = JSON.createObjectNode();
    fields.forEach(field -> other.set(field.getKey(), field.getValue()));
    return other;
  }
}
