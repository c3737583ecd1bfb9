package io.tributary.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.merge.MergeStore;
import io.tributary.merge.SetAside;
import io.tributary.merge.StateException;
import io.tributary.reliability.Stores.Damage;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a state folder that is taken out of the way, and what becomes of its files. */
@Tag("reliability")
class SetAsideTest {
  private final MutableClock clock = new MutableClock("2024-02-08T10:30:00Z");

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("state");
  }

  @Test
  void damagedFolder_isRenamedAsItIs() throws Exception {
    // Given
    Stores.write(folder());
    Stores.damage(folder(), "CURRENT", Damage.DELETED);
    List<String> before = names(folder());

    // When
    String report = setAside();

    // Then
    Path aside = parent.resolve("state.damaged-20240208T103000Z");
    assertTrue(report.contains("'" + aside + "'"), report);
    assertEquals(before, names(aside));
    try (MergeStore anew = Stores.open(folder())) {
      assertEquals(List.of(), anew.pending());
    }
  }

  @Test
  void batches_areToldWithWhatIsLeftOfThem() throws Exception {
    // Given
    Stores.write(folder());
    Stores.damage(folder(), ".sst", Damage.CHANGED);

    // When
    String report = setAside();

    // Then
    assertTrue(
        report.matches("(?s).*pending EVT-a, begun .*: 20 messages .*, readable in part\n.*"));
    assertTrue(report.matches("(?s).*pending EVT-b, begun .*: 20 messages .*, readable\n.*"));
    assertTrue(report.matches("(?s).*open open-3, begun .*: 5 messages .*, readable\n.*"));
    assertTrue(report.contains("Damaged: "), report);
  }

  @Test
  void wayBack_beginsAnHourBeforeTheOldestBatch() throws Exception {
    // Given
    long openedAt;
    try (MergeStore store = Stores.open(folder())) {
      Stores.append(store, "a", 1);
      openedAt = store.open().openedAt();
    }

    // When
    String report = setAside();

    // Then
    String time = Instant.ofEpochMilli(openedAt).minusSeconds(3600).toString().substring(0, 19);
    assertTrue(report.contains("--group tributary --topic customer_data --topic inv"), report);
    assertTrue(report.contains("--reset-offsets --to-datetime " + time + "."), report);
  }

  @Test
  void volume_cannotBeRenamedAndKeepsTheFilesInAFolder() throws Exception {
    // Given
    try (SmallDisk volume = SmallDisk.mount(folder(), 16)) {
      Stores.write(folder());

      // When
      String report = setAside();

      // Then
      Path aside = folder().resolve("damaged-20240208T103000Z");
      assertTrue(report.contains("'" + aside + "'"), report);
      assertTrue(report.contains("pending EVT-b"), report);
      assertTrue(Files.exists(aside.resolve("CURRENT")));
      try (MergeStore anew = Stores.open(folder())) {
        assertEquals(List.of(), anew.pending());
      }
    }
  }

  @Test
  void folderInUse_staysWhereItIs() {
    // Given
    Stores.write(folder());
    try (MergeStore user = Stores.open(folder())) {

      // When
      StateException refusal = assertThrows(StateException.class, this::setAside);

      // Then
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
      assertTrue(user.isUsable());
      assertTrue(Files.exists(folder()));
    }
  }

  @Test
  void folderWithoutState_isLeftAlone() throws Exception {
    // Given
    Files.createDirectories(folder());

    // When
    StateException refusal = assertThrows(StateException.class, this::setAside);

    // Then
    assertTrue(refusal.getMessage().contains("no state in"), refusal.getMessage());
    assertFalse(refusal.isDamage());
    assertEquals(List.of(), names(folder()));
  }

  private String setAside() {
    Settings settings =
        Settings.from(
            setting ->
                setting == Setting.MERGE_STATE_DIR ? folder().toString() : setting.defaultValue());
    return String.join("\n", SetAside.run(settings, clock)) + "\n";
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("LOCK"))
          .sorted()
          .toList();
    }
  }
}
