package io.tributary.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.support.Events;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.iq80.leveldb.impl.InternalKeyComparator;
import org.iq80.leveldb.impl.LogWriter;
import org.iq80.leveldb.impl.Logs;
import org.iq80.leveldb.impl.VersionEdit;
import org.iq80.leveldb.table.BytewiseComparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder that cannot be trusted is refused; it never counts as an empty one. */
class StateFolderTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Pattern LINE_BREAK = Pattern.compile("\\R");
  private static final int BATCHES = 20;

  @TempDir Path folder;

  /**
   * Their space on the disk is not free before. LevelDB's own class leaves it to the garbage
   * collector, which does not look for what has become old.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void tablesThatAreDeleted_areClosedSoon() throws Exception {
    // Given
    try (StateFolder state = new StateFolder(folder)) {
      byte[] value = new byte[100_000];
      for (long number = 0; number < 500; number++) {
        put(state, number, value);
      }
      System.gc(); // what lives on is old now

      // When
      Set<Path> stillOpen = Set.of();
      for (long number = 1; stillOpen.isEmpty(); number++) {
        put(state, number % 500, value);
        stillOpen = deletedButOpen();
      }

      // Then
      await().untilAsserted(() -> assertEquals(Set.of(), deletedButOpen()));
      assertNotNull(state.get(StateKey.of(StateKey.HEAD, 0)));
    }
  }

  private static void put(StateFolder state, long number, byte[] value) {
    state.write(changes -> changes.put(StateKey.of(StateKey.HEAD, number), value));
  }

  /** The files of the folder that are open, and have no name any more. */
  private Set<Path> deletedButOpen() {
    Set<Path> found = new HashSet<>();
    for (File open : new File("/proc/self/fd").listFiles()) {
      try {
        Path target = Files.readSymbolicLink(open.toPath());
        if (target.startsWith(folder.toRealPath()) && target.toString().endsWith(" (deleted)")) {
          found.add(target);
        }
      } catch (IOException e) {
        // closed meanwhile
      }
    }
    return found;
  }

  @Test
  void folderInUseByAnotherStore_isRefused() {
    // Given
    try (MergeStore first = open()) {

      // When
      StateException refusal = assertThrows(StateException.class, this::open);

      // Then
      assertOneLine(refusal);
      assertNotNull(first.append(fragment("m")));
    }
  }

  @Test
  void folderInUseByAnotherProcess_isRefused() throws Exception {
    // Given
    open().close();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.resolve("LOCK").toString())
            .start();
    try (BufferedReader said = other.inputReader(UTF_8)) {
      assertEquals("locked", said.readLine());

      // When
      StateException refusal = assertThrows(StateException.class, this::open);

      // Then
      assertOneLine(refusal);
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  /** Holds the lock of a folder until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        System.out.println(lock.isValid() ? "locked" : "not locked");
        System.out.flush();
        Thread.currentThread().join();
      }
    }
  }

  @Test
  void folderOfAnotherProgram_isRefused() {
    // Given
    changed(
        changes -> {
          changes.delete(new byte[] {0});
          changes.put("their key".getBytes(UTF_8), new byte[] {1});
        });

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
    assertTrue(refusal.getMessage().contains("not written by"), refusal.getMessage());
  }

  @Test
  void folderOfAnotherVersion_isRefused() {
    // Given
    changed(changes -> changes.put(new byte[] {0}, "tributary-state-2".getBytes(UTF_8)));

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
    assertTrue(refusal.getMessage().contains("not written by"), refusal.getMessage());
  }

  @Test
  void fileInPlaceOfTheFolder_isRefused() throws Exception {
    // Given
    Path file = Files.writeString(folder.resolve("file"), "not a folder");

    // When
    StateException refusal = assertThrows(StateException.class, () -> open(file));

    // Then
    assertOneLine(refusal);
    assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
  }

  @Test
  void missingFragment_isRefused() {
    // Given
    stored(BATCHES);
    changed(changes -> changes.delete(StateKey.of('f', 7, 0)));

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
    assertTrue(refusal.getMessage().contains("batch 7 has 0 of its 1"), refusal.getMessage());
  }

  @Test
  void missingHead_isRefused() {
    // Given
    stored(BATCHES);
    changed(changes -> changes.delete(StateKey.of('b', 7)));

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "oops", "{", "[]", "{\"number\":1,\"unknown\":2}"})
  void headThatIsNoHead_isRefused(String head) {
    // Given
    stored(1);
    changed(changes -> changes.put(StateKey.of('b', 1), head.getBytes(UTF_8)));

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
  }

  @Test
  void keysThatAreCutOff_areRefused() {
    // Given
    stored(1);
    changed(changes -> changes.put(StateKey.of('i', 1), new byte[21]));
    changed(changes -> changes.put(StateKey.of('i', 2), new byte[3]));

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
  }

  @ParameterizedTest
  @CsvSource({"CURRENT", "MANIFEST", ".sst", ".log"})
  void deletedFile_isNoticed(String kind) throws Exception {
    // Given
    List<String> before = storedInEveryKindOfFile();
    Files.delete(file(kind));

    // When
    Optional<List<String>> after = pendingUnlessRefused();

    // Then
    assertEquals(before, after.orElse(before), "neither refused nor complete");
  }

  @ParameterizedTest
  @CsvSource({"CURRENT", "MANIFEST", ".sst"})
  void deletedFile_isNoticedWhenNothingWasWrittenSinceTheStart(String kind) throws Exception {
    // Given
    List<String> before = stored(BATCHES);
    open().close();
    Files.delete(file(kind));

    // When
    Optional<List<String>> after = pendingUnlessRefused();

    // Then
    assertEquals(before, after.orElse(before), "neither refused nor complete");
  }

  @ParameterizedTest
  @CsvSource({"CURRENT", "MANIFEST", ".sst", ".log"})
  void emptiedFile_isNoticed(String kind) throws Exception {
    // Given
    List<String> before = storedInEveryKindOfFile();
    cut(file(kind), 0);

    // When
    Optional<List<String>> after = pendingUnlessRefused();

    // Then
    assertEquals(before, after.orElse(before), "neither refused nor complete");
  }

  @ParameterizedTest
  @CsvSource({"CURRENT", "MANIFEST", ".sst", ".log"})
  void fileCutInHalf_isNoticed(String kind) throws Exception {
    // Given
    List<String> before = storedInEveryKindOfFile();
    cut(file(kind), 0.5);

    // When
    Optional<List<String>> after = pendingUnlessRefused();

    // Then
    assertEquals(before, after.orElse(before), "neither refused nor complete");
  }

  @ParameterizedTest
  @CsvSource({
    "CURRENT, 0.1", "CURRENT, 0.5", "MANIFEST, 0.1", "MANIFEST, 0.5", "MANIFEST, 0.9",
    ".sst, 0.01", ".sst, 0.3", ".sst, 0.6", ".sst, 0.99", ".sst, 0.9999",
    ".log, 0.01", ".log, 0.2", ".log, 0.4", ".log, 0.6"
  })
  void changedByte_isNoticed(String kind, double place) throws Exception {
    // Given
    List<String> before = storedInEveryKindOfFile();
    garble(file(kind), place);

    // When
    Optional<List<String>> after = pendingUnlessRefused();

    // Then
    assertEquals(before, after.orElse(before), "neither refused nor complete");
  }

  /** When nobody was told that it is written: then its offsets are not committed. */
  @ParameterizedTest
  @ValueSource(ints = {3, 20, 8000})
  void writeThatWasUnderWay_isNoDamage(int bytes) throws Exception {
    // Given
    List<String> before = stored(BATCHES);
    byte[] log = Files.readAllBytes(file(".log"));
    Files.write(file(".log"), Arrays.copyOf(log, bytes), StandardOpenOption.APPEND);

    // When
    try (MergeStore store = open()) {

      // Then
      assertEquals(before, described(store));
    }
  }

  @Test
  void zerosAfterAPowerCut_areNoDamage() throws Exception {
    // Given
    List<String> before = stored(BATCHES);
    Files.write(file(".log"), new byte[5000], StandardOpenOption.APPEND);

    // When
    try (MergeStore store = open()) {

      // Then
      assertEquals(before, described(store));
    }
  }

  @Test
  void endOfTheLogThatIsCutOff_isRefused() throws Exception {
    // Given
    stored(BATCHES);
    cut(file(".log"), 0.9999);

    // When
    StateException refusal = assertThrows(StateException.class, this::open);

    // Then
    assertOneLine(refusal);
    assertTrue(refusal.isDamage());
  }

  @Test
  void endOfTheLogThatIsCutOff_canBeGivenUp() throws Exception {
    // Given
    List<String> before = stored(BATCHES);
    cut(file(".log"), 0.9999);
    Files.delete(folder.resolve("WRITTEN"));

    // When
    try (MergeStore store = open()) {

      // Then
      assertEquals(before.subList(0, BATCHES - 1), described(store));
      assertNotNull(store.open(), "the last completion was not written whole");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void firstStartThatWasInterrupted_isNoDamage(boolean currentWritten) throws Exception {
    // Given
    open().close();
    for (String kind : List.of(".log", "MANIFEST", "WRITTEN", "CURRENT")) {
      Files.deleteIfExists(file(kind));
    }
    writeFirstManifest(folder.resolve("MANIFEST-000001"));
    if (currentWritten) {
      Files.writeString(folder.resolve("CURRENT"), "MANIFEST-000001\n");
    }

    // When
    try (MergeStore store = open()) {

      // Then
      assertEquals(List.of(), store.pending());
    }
  }

  private static void writeFirstManifest(Path manifest) throws IOException {
    InternalKeyComparator keys = new InternalKeyComparator(new BytewiseComparator());
    VersionEdit edit = new VersionEdit();
    edit.setComparatorName(keys.name());
    edit.setLogNumber(0);
    edit.setNextFileNumber(2);
    edit.setLastSequenceNumber(0);
    LogWriter log = Logs.createLogWriter(manifest.toFile(), 1);
    log.addRecord(edit.encode(), true);
    log.close();
  }

  @Test
  void refusedFolder_canBeOpenedWhenItHasBeenMended() throws Exception {
    // Given
    List<String> before = stored(BATCHES);
    Path manifest = file("MANIFEST");
    byte[] whole = Files.readAllBytes(manifest);
    cut(manifest, 0.5);
    assertThrows(StateException.class, this::open);
    Files.write(manifest, whole);

    // When
    try (MergeStore store = open()) {

      // Then
      assertEquals(before, described(store));
    }
  }

  /** Half of the batches in a table file, and half in the log. */
  private List<String> storedInEveryKindOfFile() {
    List<String> documents = new ArrayList<>(stored(BATCHES));
    documents.addAll(stored(BATCHES));
    return documents;
  }

  /** Stores so many batches more, and tells what each is. */
  private List<String> stored(int count) {
    try (MergeStore store = open()) {
      int before = store.pendingCount();
      for (int i = before; i < before + count; i++) {
        store.append(fragment("m" + i));
        store.complete(
            new Batch.Completion("EVT-" + i, "2024-02-08T10:30:00Z", "tributary", "1.0.0"),
            List.of(CUSTOMERS));
      }
      return described(store).subList(before, before + count);
    }
  }

  /** The pending batches, when the folder is not refused. */
  private Optional<List<String>> pendingUnlessRefused() {
    try (MergeStore store = open()) {
      return Optional.of(described(store));
    } catch (StateException refused) {
      assertOneLine(refused);
      return Optional.empty();
    }
  }

  /** Each pending batch with the hash of its document. */
  private static List<String> described(MergeStore store) {
    return store.pending().stream()
        .map(batch -> batch.eventId() + ":" + Arrays.hashCode(store.document(batch).getBytes()))
        .toList();
  }

  private void changed(Consumer<StateFolder.Changes> changes) {
    try (StateFolder raw = new StateFolder(folder)) {
      raw.write(changes);
    }
  }

  private Path file(String kind) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains(kind))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private static void cut(Path path, double part) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength((long) (file.length() * part));
    }
  }

  private static void garble(Path path, double place) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long at = (long) (file.length() * place);
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 0x55);
    }
  }

  private MergeStore open() {
    return open(folder);
  }

  private static MergeStore open(Path path) {
    Duration hour = Duration.ofHours(1);
    return MergeStore.open(
        path,
        new SeenIds(100, hour),
        new SeenContents(ContentDedupe.LATEST, 100, hour),
        100,
        hour,
        Clock.systemUTC());
  }

  /** Of 10 kB, so that the batches fill several blocks. */
  private static Fragment fragment(String messageId) {
    Fragment fragment = new Fragment(CUSTOMERS);
    fragment.merge(Events.customers().event(messageId, "\"" + "x".repeat(10_000) + "\""));
    return fragment;
  }

  /** As the start tells it. */
  private void assertOneLine(StateException refusal) {
    String message =
        new SettingException(
                Setting.MERGE_STATE_DIR, folder.toString(), String.valueOf(refusal.getMessage()))
            .getMessage();
    assertFalse(LINE_BREAK.matcher(message).find(), message);
    assertTrue(refusal.getMessage().contains(folder.toString()), message);
  }
}
