package io.tributary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.support.Messages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Messages as bad days bring them: resent IDs, resent content in another key order, content that
 * changes and changes back, malformed records; and what of it must arrive, worked out by a second
 * and plainer reading of the contract. All messages about an entity go to one partition.
 */
final class MessyStream {
  private static final int GROUPS = 40;
  private static final int RECORDS = 5;
  private static final List<String> MALFORMED =
      List.of("", "nonsense", "[]", "{\"messageId\":\"x\"}", "{\"messageId\":7,\"payload\":[]}");

  private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private final Map<String, Long> outcomes = new LinkedHashMap<>();
  private final Set<String> ids = new HashSet<>();
  private final Map<String, Integer> lastValues = new HashMap<>();
  private final List<int[]> history = new ArrayList<>();
  private final Random random;
  private final String topic;
  private final String prefix;

  MessyStream(String topic, String prefix, int messages, long seed) {
    this.topic = topic;
    this.prefix = prefix;
    this.random = new Random(seed);
    for (String outcome : List.of("merged", "duplicate_id", "duplicate_content", "dead_letter")) {
      outcomes.put(outcome, 0L);
    }
    for (int i = 0; i < messages; i++) {
      next(i);
    }
  }

  /** What is sent, in order. */
  List<ProducerRecord<byte[], byte[]>> sent() {
    return sent;
  }

  /** The records that must be at the API, sorted. */
  List<String> expected() {
    return expected.stream().sorted().collect(Collectors.toCollection(ArrayList::new));
  }

  /** How many messages must have each outcome. */
  Map<String, Long> outcomes() {
    return outcomes;
  }

  private void next(int number) {
    int kind = random.nextInt(100);
    if (kind < 3) {
      send(random.nextInt(GROUPS), MALFORMED.get(random.nextInt(MALFORMED.size())).getBytes(UTF_8));
      count("dead_letter");
    } else if (kind < 10 && !history.isEmpty()) {
      int[] old = history.get(random.nextInt(history.size()));
      send(old[0], message(old[1], old[0], old[2], false));
      count("duplicate_id");
    } else {
      // Few values, so that content is often the same as before, or changes back.
      fresh(number, random.nextInt(GROUPS), random.nextInt(3), random.nextBoolean());
    }
  }

  private void fresh(int number, int group, int value, boolean otherOrder) {
    send(group, message(number, group, value, otherOrder));
    history.add(new int[] {group, number, value});
    ids.add(prefix + number);
    Integer last = lastValues.put(prefix + group, value);
    if (last != null && last == value) {
      count("duplicate_content");
      return;
    }
    count("merged");
    for (int record = 0; record < RECORDS; record++) {
      expected.add(record(group, record, value, otherOrder));
    }
  }

  private byte[] message(int number, int group, int value, boolean otherOrder) {
    String[] records = new String[RECORDS];
    for (int record = 0; record < RECORDS; record++) {
      records[record] = record(group, record, value, otherOrder);
    }
    return Messages.message(prefix + number, records);
  }

  private String record(int group, int record, int value, boolean otherOrder) {
    String id = "\"id\":\"" + prefix + group + "-" + record + "\"";
    String content = "\"value\":" + value + ".0, \"nested\":{\"a\":[1, 2],\"b\":\"ü\"}";
    return otherOrder ? "{" + content + "," + id + "}" : "{" + id + "," + content + "}";
  }

  private void send(int group, byte[] value) {
    sent.add(new ProducerRecord<>(topic, ("group-" + group).getBytes(UTF_8), value));
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
  }
}
