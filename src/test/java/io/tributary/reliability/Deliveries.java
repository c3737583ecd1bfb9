package io.tributary.reliability;

import io.tributary.support.RecordingApi;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of the numbered messages have arrived at the API, and how often. */
final class Deliveries {
  private static final Pattern NUMBER = Pattern.compile("\\{\"id\":\"R(\\d+)\"\\}");

  private final RecordingApi api;
  private final BitSet arrived = new BitSet();
  private final TreeSet<Integer> doubled = new TreeSet<>();
  private int batches;

  Deliveries(RecordingApi api) {
    this.api = api;
  }

  /** The record of a numbered message. */
  static String record(int number) {
    return "{\"id\":\"R" + number + "\"}";
  }

  /** Whether all messages up to a number, without it, have arrived. */
  boolean haveAllBefore(int number) {
    read();
    return arrived.nextClearBit(0) >= number;
  }

  /** The batches that the API has applied. */
  int batches() {
    read();
    return batches;
  }

  /** Messages up to a number, without it, that have not arrived. */
  List<Integer> lost(int number) {
    read();
    BitSet lost = new BitSet(number);
    lost.set(0, number);
    lost.andNot(arrived);
    return lost.stream().boxed().toList();
  }

  /** Messages that have arrived more than once. */
  List<Integer> doubled() {
    read();
    return List.copyOf(doubled);
  }

  /** Keys that came with more than one body. */
  List<String> keysWithSeveralBodies() {
    Map<String, String> bodies = new HashMap<>();
    return api.attempts().stream()
        .filter(
            attempt ->
                !attempt
                    .body()
                    .equals(bodies.computeIfAbsent(attempt.key(), key -> attempt.body())))
        .map(RecordingApi.Attempt::key)
        .distinct()
        .toList();
  }

  private void read() {
    List<String> bodies = List.copyOf(api.applied().values());
    for (String body : bodies.subList(batches, bodies.size())) {
      Matcher matcher = NUMBER.matcher(body);
      while (matcher.find()) {
        int number = Integer.parseInt(matcher.group(1));
        if (arrived.get(number)) {
          doubled.add(number);
        }
        arrived.set(number);
      }
    }
    batches = bodies.size();
  }
}
