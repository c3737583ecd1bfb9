package io.tributary.merge;

import io.tributary.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Takes a state folder out of the way that cannot be used, and tells what can still be read in it,
 * what it costs to go on without it, and how to get its records back. For one thread.
 */
public final class SetAside {
  /** How long a record may have waited in Kafka before its batch was begun. */
  private static final Duration BACKLOG = Duration.ofHours(1);

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter OFFSET_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final String ANYTHING = ".*";

  private final Settings settings;
  private final Path folder;
  private final String name;
  private final List<String> report = new ArrayList<>();
  private final SortedSet<String> damaged = new TreeSet<>();

  private SetAside(Settings settings, Clock clock) {
    this.settings = settings;
    this.folder = settings.stateDir();
    this.name = "damaged-" + NAME.format(clock.instant());
  }

  /**
   * Renames the state folder. Where that cannot be done, as with a volume, its files move into a
   * folder in it.
   *
   * @return the report, line by line
   * @throws StateException when there is no such folder, or a process uses it, or it stays as it is
   */
  public static List<String> run(Settings settings, Clock clock) {
    SetAside aside = new SetAside(settings, clock);
    try {
      aside.run();
    } catch (IOException e) {
      throw new StateException(
          "the state folder '" + aside.folder + "' cannot be set aside: " + e, e);
    }
    return aside.report;
  }

  private void run() throws IOException {
    if (!Files.isDirectory(folder) || LogFiles.files(folder, LogFiles.OF_LEVELDB).isEmpty()) {
      throw new StateException("there is no state in '" + folder + "'");
    }
    try (FolderLock nobodyElse = FolderLock.take(folder)) {
      RawFiles heads = RawFiles.read(folder, (byte) StateKey.HEAD);
      List<Batch> batches = batches(heads);
      Path aside = move();
      report.add("The state folder '" + folder + "' is now '" + aside + "'.");
      damaged.addAll(heads.unreadable());
      reportBatches(aside, batches);
      if (!damaged.isEmpty()) {
        report.add("Damaged: " + String.join(", ", damaged) + ".");
        report.add("There may have been more batches in it, and more messages in those above.");
      }
      reportCost(batches);
    }
  }

  private static List<Batch> batches(RawFiles heads) {
    List<Batch> batches = new ArrayList<>();
    for (ByteBuffer head : heads.values()) {
      try {
        batches.add(Batch.fromJson(head));
      } catch (IOException e) {
        // Its checksum was right, so another version wrote it; this one cannot tell what it is.
      }
    }
    return batches;
  }

  private Path move() throws IOException {
    Path aside = folder.resolveSibling(folder.getFileName() + "." + name);
    try {
      return Files.move(folder, aside);
    } catch (IOException e) {
      return moveFiles();
    }
  }

  /** The lock stays, and CURRENT goes first: what is left without it is not taken for a state. */
  private Path moveFiles() throws IOException {
    Path aside = Files.createDirectory(folder.resolve(name));
    List<Path> files = new ArrayList<>(LogFiles.files(folder, ANYTHING));
    files.removeIf(file -> Files.isDirectory(file) || FolderLock.isFile(file));
    files.sort(Comparator.comparing(file -> !file.endsWith(LogFiles.CURRENT)));
    for (Path file : files) {
      Files.move(file, aside.resolve(file.getFileName()));
    }
    return aside;
  }

  private void reportBatches(Path aside, List<Batch> batches) throws IOException {
    report.add(batches.isEmpty() ? "No batch can be read in it." : "In it can be read:");
    for (Batch batch : batches) {
      String readable = isWhole(aside, batch) ? "readable" : "readable in part";
      for (Batch part : batch.unsettled()) {
        report.add(
            "  %s %s, begun %s: %d messages (%s), %s"
                .formatted(
                    part.completion() == null ? "open" : "pending",
                    part.eventId(),
                    Instant.ofEpochMilli(part.openedAt()),
                    part.messages(),
                    part.countsText(),
                    readable));
      }
    }
  }

  private boolean isWhole(Path aside, Batch batch) throws IOException {
    RawFiles files = RawFiles.read(aside, StateKey.of(StateKey.FRAGMENT, batch.number()));
    damaged.addAll(files.unreadable());
    return files.values().size() == batch.fragments();
  }

  private void reportCost(List<Batch> batches) {
    String time =
        batches.stream()
            .filter(batch -> batch.openedAt() > 0)
            .min(Comparator.comparingLong(Batch::openedAt))
            .map(
                oldest ->
                    OFFSET_TIME.format(Instant.ofEpochMilli(oldest.openedAt()).minus(BACKLOG)))
            .orElse("<time>");
    report.addAll(
        List.of(
            "What was open or pending in it is not delivered: its offsets are committed.",
            "What it knew of duplicates is forgotten.",
            "To have the records read again, before the next start:",
            "  kafka-consumer-groups.sh --bootstrap-server %s --group %s --topic %s --topic %s"
                    .formatted(
                        settings.bootstrapServers(),
                        settings.groupId(),
                        settings.customerTopic(),
                        settings.inventoryTopic())
                + " --reset-offsets --to-datetime "
                + time
                + " --execute",
            "with a --topic more for each further stream of routes/intake.camel.yaml. The brokers"
                + " refuse it until 15 s after the last process of the group has ended.",
            "That is an hour before the oldest batch was begun: take an earlier time if records had"
                + " waited in Kafka for longer. All records since then are delivered again, in"
                + " batches that are new to the API."));
  }
}
