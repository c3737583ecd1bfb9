package io.tributary.deadletter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.event.Reason;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonTest {

  @ParameterizedTest
  @EnumSource
  void reason_hasALabelAndASentence(Reason reason) {
    // When
    String label = reason.label();

    // Then
    assertTrue(label.matches("[a-z0-9]+(-[a-z0-9]+)*"), label);
    assertTrue(reason.sentence().matches("[^.\\n]+[^.\\s]"), reason.sentence());
  }

  @Test
  void sentences_areAllDifferent() {
    // When
    var sentences =
        Arrays.stream(Reason.values()).map(Reason::sentence).collect(Collectors.toSet());

    // Then
    assertEquals(Reason.values().length, sentences.size());
  }

  @Test
  void label_isTheNameInSmallLetters() {
    // When
    String label = Reason.MESSAGE_ID_NOT_A_STRING.label();

    // Then
    assertEquals("message-id-not-a-string", label);
  }
}
