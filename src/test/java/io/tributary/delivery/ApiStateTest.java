package io.tributary.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tributary.delivery.ApiState.Kind;
import io.tributary.support.MutableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApiStateTest {
  private static final Instant START = Instant.parse("2024-02-08T10:30:00Z");

  private final MutableClock clock = new MutableClock(START.toString());
  private final ApiState api = new ApiState(clock);

  @Test
  void beforeAnyAnswer_isUnknown() {
    // When
    ApiState.Answer answer = api.last();

    // Then
    assertEquals(Kind.UNKNOWN, answer.kind());
    assertEquals(START, answer.since());
  }

  @Test
  void anotherKind_beginsNow() {
    // Given
    clock.advance(Duration.ofMinutes(1));

    // When
    api.answered(Kind.REFUSING, "status 401");

    // Then
    assertEquals(
        new ApiState.Answer(Kind.REFUSING, "status 401", START.plusSeconds(60)), api.last());
  }

  @Test
  void sameKindAgain_hasANewDetailAndItsFirstTime() {
    // Given
    api.answered(Kind.UNAVAILABLE, "status 503");
    clock.advance(Duration.ofMinutes(1));

    // When
    api.answered(Kind.UNAVAILABLE, "no answer");

    // Then
    assertEquals(new ApiState.Answer(Kind.UNAVAILABLE, "no answer", START), api.last());
  }

  @Test
  void kindThatComesBack_beginsAnew() {
    // Given
    api.answered(Kind.ACCEPTING, "status 200");
    api.answered(Kind.UNAVAILABLE, "status 503");
    clock.advance(Duration.ofMinutes(2));

    // When
    api.answered(Kind.ACCEPTING, "status 201");

    // Then
    assertEquals(
        new ApiState.Answer(Kind.ACCEPTING, "status 201", START.plusSeconds(120)), api.last());
  }
}
