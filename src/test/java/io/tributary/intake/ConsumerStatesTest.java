package io.tributary.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.intake.StreamCondition.Kind;
import io.tributary.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Metrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumerStatesTest {
  private static final Instant START = Instant.parse("2024-02-08T10:30:00Z");

  private final MutableClock clock = new MutableClock(START.toString());
  private final Metrics metrics = new Metrics();
  private final AtomicInteger connections = figure("consumer-metrics", "connection-count");
  private final AtomicInteger responses = figure("consumer-metrics", "response-total");
  private final AtomicInteger heartbeats =
      figure("consumer-coordinator-metrics", "heartbeat-total");
  private final ConsumerStates states = new ConsumerStates(clock);

  private AtomicInteger figure(String group, String name) {
    AtomicInteger figure = new AtomicInteger();
    Gauge<Integer> gauge = (config, now) -> figure.get();
    metrics.addMetric(metrics.metricName(name, group), gauge);
    return figure;
  }

  private ConsumerState connected() {
    ConsumerState state = new ConsumerState(metrics.metrics(), clock);
    states.add("customers", state);
    connections.set(1);
    responses.incrementAndGet();
    return state;
  }

  private StreamCondition condition() {
    return states.of("customers", 1);
  }

  private void pass(Duration time) {
    clock.advance(time);
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void refusedConsumer_isRefusedUntilItIsAMemberForAWhile() {
    // Given
    ConsumerState state = connected();
    state.joined(true);

    // When
    boolean isNew = state.refused("no such user");
    pass(Duration.ofSeconds(5));
    boolean isNewAgain = state.refused("no such user");
    pass(ConsumerState.LONGEST_REFUSAL.plusSeconds(1));
    StreamCondition withoutHeartbeat = condition();
    responses.incrementAndGet();
    heartbeats.incrementAndGet();
    Kind withHeartbeat = condition().kind();

    // Then
    assertTrue(isNew);
    assertFalse(isNewAgain);
    assertEquals(new StreamCondition(Kind.REFUSED, START, "no such user"), withoutHeartbeat);
    assertEquals(Kind.MEMBER, withHeartbeat);
  }

  @Test
  void streamWithoutConsumer_waitsForOneSinceTheStart() {
    // When
    pass(Duration.ofMinutes(1));

    // Then
    assertEquals(new StreamCondition(Kind.NO_CONSUMER, START), condition());
  }

  @Test
  void connectionWithoutAnAnswer_isNone() {
    // Given
    ConsumerState state = connected();
    responses.set(0);

    // When
    state.joined(false);

    // Then
    assertEquals(new StreamCondition(Kind.UNREACHABLE, START), condition());
  }

  @Test
  void brokerThatClosesItsConnections_isUnreachableUntilItAnswers() {
    // Given
    connected().joined(true);
    assertEquals(Kind.MEMBER, condition().kind());

    // When
    connections.set(0);
    Kind gone = condition().kind();
    connections.set(1);
    Kind connecting = condition().kind();
    responses.incrementAndGet();
    Kind back = condition().kind();

    // Then
    assertEquals(Kind.UNREACHABLE, gone);
    assertEquals(Kind.UNREACHABLE, connecting);
    assertEquals(Kind.MEMBER, back);
  }

  @Test
  void brokerThatFallsSilent_isUnreachableSinceItsLastAnswer() {
    // Given
    connected().joined(true);
    assertEquals(Kind.MEMBER, condition().kind());

    // When
    pass(ConsumerState.LONGEST_SILENCE);

    // Then
    assertEquals(new StreamCondition(Kind.UNREACHABLE, START), condition());
  }

  @Test
  void consumerThatHasNeverJoined_isNotAMember() {
    // When
    connected();

    // Then
    assertEquals(new StreamCondition(Kind.NOT_A_MEMBER, START), condition());
  }

  @Test
  void rebalance_isNoTroubleBeforeItLasts() {
    // Given
    ConsumerState state = connected();
    state.joined(true);

    // When
    state.joined(false);
    Kind atFirst = condition().kind();
    pass(ConsumerState.LONGEST_REBALANCE);
    responses.incrementAndGet();
    Kind later = condition().kind();

    // Then
    assertEquals(Kind.MEMBER, atFirst);
    assertEquals(Kind.NOT_A_MEMBER, later);
  }

  @Test
  void topicThatIsMissing_isSaidUntilAPartitionIsAssigned() {
    // Given
    ConsumerState state = connected();
    state.joined(true);
    assertTrue(state.isTopicDoubtful(false));

    // When
    state.topicExists(false);
    Kind missing = condition().kind();
    state.isTopicDoubtful(true);
    Kind assigned = condition().kind();

    // Then
    assertEquals(Kind.NO_TOPIC, missing);
    assertEquals(Kind.MEMBER, assigned);
  }

  @Test
  void consumerThatEnded_isMissingSinceThen() {
    // Given
    ConsumerState first = connected();
    ConsumerState second = connected();
    first.joined(true);
    second.joined(true);
    assertEquals(Kind.MEMBER, states.of("customers", 2).kind());
    pass(Duration.ofSeconds(5));

    // When
    states.remove(second);

    // Then
    assertEquals(
        new StreamCondition(Kind.NO_CONSUMER, START.plusSeconds(5)), states.of("customers", 2));
    assertEquals(Kind.MEMBER, states.of("customers", 1).kind());
  }

  @Test
  void stream_standsAsItsWorstConsumer() {
    // Given
    connected().joined(true);

    // When
    connected().topicExists(false);

    // Then
    assertEquals(Kind.NO_TOPIC, states.of("customers", 2).kind());
    assertEquals(Kind.NO_CONSUMER, states.of("products", 1).kind());
  }
}
