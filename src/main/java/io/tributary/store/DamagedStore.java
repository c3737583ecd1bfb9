package io.tributary.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a damaged store aside, so that a new one can take its place. For one thread. */
public final class DamagedStore {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedStore.class);
  private static final String MARK = "damaged";
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final Clock clock;

  /**
   * @param folder the state folder
   */
  public DamagedStore(Path folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  FolderLock lockFolder() throws IOException {
    Files.createDirectories(folder);
    return FolderLock.take(folder);
  }

  /** Notes that the store is damaged, for the next start. */
  public void mark(StoreException e) {
    try {
      Files.writeString(folder.resolve(MARK), e.getMessage() + "\n");
    } catch (IOException notWritten) {
      LOG.error("It cannot be noted in '{}' that its store is damaged", folder, notWritten);
    }
  }

  /**
   * Looks for what {@link #mark} noted.
   *
   * @throws StoreException when it is there
   */
  void checkMark() throws IOException {
    if (Files.exists(folder.resolve(MARK))) {
      throw StoreException.damaged(Files.readString(folder.resolve(MARK)).strip(), null);
    }
  }

  /** Gives the store's files another name, and says what that means. */
  void putAside(StoreException damage) throws IOException {
    String suffix = ".damaged-" + SECOND.format(clock.instant());
    // The log of changes first: to another database it would be poison.
    List<Path> files = new ArrayList<>(SqliteFile.companions(folder));
    files.add(folder.resolve(SqliteFile.NAME));
    for (Path file : files) {
      if (Files.exists(file)) {
        Files.move(file, file.resolveSibling(file.getFileName() + suffix));
      }
    }
    Files.deleteIfExists(folder.resolve(MARK));
    LOG.error(
        "{}. It is now '{}', and a new store takes its place. Nothing is lost: what was pending is"
            + " read from Kafka again and sent under new event ids; duplicates of earlier messages"
            + " are not recognised",
        damage.getMessage(),
        folder.resolve(SqliteFile.NAME + suffix));
  }
}
