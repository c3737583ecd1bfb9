package io.tributary.reliability;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.reliability.StrictJson.Kind;
import io.tributary.reliability.StrictJson.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A second and plainer reading of the contract: what a record is, and whether it says something
 * new. It keeps whole texts where the program keeps hashes, for ever where the program forgets, and
 * shares no code with it. Where the contract is silent, it says what the program does:
 *
 * <ul>
 *   <li>a name that stands twice counts as its last value; two contents with such a name are the
 *       same only if its values come in the same order;
 *   <li>a name with half a surrogate pair is not JSON, while other texts may have one;
 *   <li>a thousand levels of arrays and objects are not too deep;
 *   <li>one byte order mark may come first;
 *   <li>a NUL among the first four bytes betrays another encoding than UTF-8;
 *   <li>an {@code id} may be any value but null, and belongs to an entry that is an object;
 *   <li>an ID is blank if it is nothing but white space as Java or Unicode's categories have it;
 *   <li>an event without an entry says nothing new.
 * </ul>
 */
final class IndependentReading {
  private static final String BLANK = "[\\t-\\r\\x1c-\\x1f\\p{Z}]*";

  private final Set<String> messageIds = new HashSet<>();
  private final Map<String, String> lastEntries = new HashMap<>();
  private final Set<String> wholePayloads = new HashSet<>();

  /**
   * What must become of a record.
   *
   * @param outcome as the metric's label has it
   * @param reason of a dead letter, as its header has it; else empty
   * @param messageId of an event
   * @param payload the bytes from the first entry to the last, as a text
   * @param entries the bytes of each entry, as a text
   * @param contents a text for each entry, which entries of the same content share
   */
  record Reading(
      String outcome,
      String reason,
      String messageId,
      String payload,
      List<String> entries,
      List<String> contents) {

    boolean isEvent() {
      return reason.isEmpty();
    }

    private static Reading deadLetter(String reason) {
      return new Reading("dead_letter", reason, "", "", List.of(), List.of());
    }
  }

  /** Reads the next record. */
  Reading read(String topic, byte[] value) {
    if (value == null) {
      return Reading.deadLetter("tombstone");
    }
    if (value.length == 0) {
      return Reading.deadLetter("empty");
    }
    String text = new String(value, UTF_8);
    if (!Arrays.equals(text.getBytes(UTF_8), value) || nulIsAmongTheFirst(value)) {
      return Reading.deadLetter("not-utf8");
    }
    String json = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      Value root = StrictJson.read(json);
      String reason = reasonAgainst(root);
      return reason.isEmpty() ? event(topic, json, root) : Reading.deadLetter(reason);
    } catch (StrictJson.Refusal refusal) {
      return Reading.deadLetter(refusal.getMessage());
    }
  }

  private static boolean nulIsAmongTheFirst(byte[] value) {
    return new String(value, 0, Math.min(4, value.length), UTF_8).indexOf('\0') >= 0;
  }

  private static String reasonAgainst(Value root) {
    if (root.kind() != Kind.OBJECT) {
      return "not-an-object";
    }
    Value messageId = root.last("messageId");
    Value payload = root.last("payload");
    if (messageId == null) {
      return "no-message-id";
    }
    if (messageId.kind() != Kind.STRING) {
      return "message-id-not-a-string";
    }
    if (messageId.text().matches(BLANK)) {
      return "blank-message-id";
    }
    if (payload == null) {
      return "no-payload";
    }
    return payload.kind() == Kind.ARRAY ? "" : "payload-not-an-array";
  }

  private Reading event(String topic, String json, Value root) {
    String messageId = root.last("messageId").text();
    List<Value> values = root.last("payload").values();
    List<String> entries =
        values.stream().map(value -> json.substring(value.start(), value.end())).toList();
    List<String> contents = values.stream().map(Value::canonical).toList();
    String payload =
        values.isEmpty()
            ? ""
            : json.substring(values.get(0).start(), values.get(values.size() - 1).end());
    String outcome = "merged";
    if (!messageIds.add(messageId)) {
      outcome = "duplicate_id";
    } else if (!isNews(topic, values, contents)) {
      outcome = "duplicate_content";
    }
    return new Reading(outcome, "", messageId, payload, entries, contents);
  }

  private boolean isNews(String topic, List<Value> entries, List<String> contents) {
    List<String> places = entries.stream().map(entry -> place(topic, entry)).toList();
    boolean isNews = false;
    if (places.contains("")) {
      isNews = wholePayloads.add(contents.toString());
    } else {
      for (int i = 0; i < contents.size(); i++) {
        isNews |= !contents.get(i).equals(lastEntries.get(places.get(i)));
      }
    }
    for (int i = 0; isNews && i < contents.size(); i++) {
      lastEntries.put(places.get(i), contents.get(i));
    }
    return isNews;
  }

  /** The topic and the entry's {@code id}; empty when it has none. */
  private static String place(String topic, Value entry) {
    Value id = entry.kind() == Kind.OBJECT ? entry.last("id") : null;
    return id == null || id.canonical().equals("null") ? "" : topic + " " + id.canonical();
  }
}
