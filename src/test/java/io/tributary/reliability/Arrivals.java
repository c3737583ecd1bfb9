package io.tributary.reliability;

import static io.tributary.support.Messages.json;
import static io.tributary.support.Messages.records;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.support.Kafka;
import io.tributary.support.RecordingApi;
import io.tributary.support.RecordingApi.Attempt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What has arrived, compared with what was sent.
 *
 * @param lost records that the API has not applied and that are in no batch among the dead letters,
 *     and malformed values that are not there
 * @param doubled records that are there more than once
 * @param sentAgain batches that were posted more than once
 * @param deadLettersAgain dead letters that were written more than once
 */
record Arrivals(List<String> lost, List<String> doubled, int sentAgain, int deadLettersAgain) {
  /**
   * Reads what is at the API and in the dead-letter topic.
   *
   * @throws AssertionError when two attempts with one key differ, an event id is not its key, or
   *     there is a dead letter that nobody expects
   */
  static Arrivals of(CrashFeed feed, RecordingApi api, String deadLetterTopic) {
    Map<String, String> bodies = new HashMap<>();
    List<Attempt> attempts =
        // A process that is halted can have sent a part of its headers only.
        api.attempts().stream().filter(attempt -> !attempt.body().isEmpty()).toList();
    for (Attempt attempt : attempts) {
      String before = bodies.putIfAbsent(attempt.key(), attempt.body());
      assertEquals(before == null ? attempt.body() : before, attempt.body(), "one body for a key");
      assertEquals(
          attempt.key(), '"' + json(attempt.body()).path("eventId").asText() + '"', attempt::body);
    }
    Set<String> refused = new HashSet<>(bodies.values());
    refused.removeAll(api.applied().values());

    List<String> deadLetters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> deadLetter : Kafka.read(deadLetterTopic)) {
      deadLetters.add(new String(deadLetter.value(), UTF_8));
    }
    Set<String> unexpected = new HashSet<>(deadLetters);
    unexpected.removeAll(feed.malformed());
    unexpected.removeAll(refused);
    assertEquals(Set.of(), unexpected, "dead letters that nobody expects");

    // What was refused and then sent in halves is neither: its records are where the halves are.
    Set<String> settled = new HashSet<>(deadLetters);
    settled.retainAll(refused);
    settled.addAll(api.applied().values());
    List<String> arrived =
        settled.stream()
            .flatMap(body -> List.of("customers", "products").stream().map(s -> records(body, s)))
            .flatMap(List::stream)
            .collect(Collectors.toCollection(ArrayList::new));
    Set<String> lost = new HashSet<>(feed.records());
    lost.addAll(feed.malformed());
    arrived.forEach(lost::remove);
    deadLetters.forEach(lost::remove);
    List<String> doubled = new ArrayList<>(arrived);
    feed.records().forEach(doubled::remove);
    return new Arrivals(
        List.copyOf(lost),
        doubled,
        attempts.size() - bodies.size(),
        deadLetters.size() - Set.copyOf(deadLetters).size());
  }
}
