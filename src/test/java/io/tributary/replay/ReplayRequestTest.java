package io.tributary.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of the command. */
class ReplayRequestTest {
  @Test
  void options_areTheFilterAndWhetherOnlyToList() {
    // When
    ReplayRequest request =
        ReplayRequest.parse(
            List.of(
                "--dry-run",
                "--reason",
                "not-json",
                "--from",
                "2024-02-08T10:30:00Z",
                "--to",
                "2024-02-08T10:31:00Z",
                "--id",
                "customer_data-0@17"));

    // Then
    assertEquals(
        new ReplayRequest(
            "not-json", "2024-02-08T10:30:00Z", "2024-02-08T10:31:00Z", "customer_data-0@17", true),
        request);
  }

  @ParameterizedTest
  @CsvSource({"--all, false", "--dry-run, true", "--all --dry-run, true"})
  void withoutFilter_allIsMeantIfThatIsSaid(String arguments, boolean dry) {
    // When
    ReplayRequest request = ReplayRequest.parse(List.of(arguments.split(" ")));

    // Then
    assertEquals(new ReplayRequest("", "", "", "", dry), request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                     | What is meant?",
        "--help                 | There is no option '--help'",
        "refused-by-api         | There is no option 'refused-by-api'",
        "--all --id x           | With --all nothing else",
        "--reason               | --reason needs a value",
        "--reason --dry-run     | --reason needs a value",
        "--reason refused       | There is no reason 'refused'; one of these, or none: tombstone",
        "--from yesterday --all | With --all nothing else",
        "--to yesterday         | 'to' is 'yesterday'; a time as 2024-02-08T10:30:00Z"
      })
  void whatCannotBeMeant_isRefused(String arguments, String why) {
    // Given
    List<String> given = arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));

    // When
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> ReplayRequest.parse(given));

    // Then
    assertTrue(String.valueOf(refused.getMessage()).startsWith(why), refused.getMessage());
  }
}
