package io.tributary.store;

import io.tributary.logging.LogText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite database in the state folder. One connection writes, in transactions; another one
 * reads, and never waits for the disk. Java opens the file nowhere else: closing it would drop
 * SQLite's locks. Writing is for one thread at a time; reading is safe for several.
 */
final class SqliteFile implements AutoCloseable {
  static final String NAME = "tributary.db";

  /** Of a log of changes that grows beyond this somebody keeps a read transaction open. */
  static final long LARGE_WAL_BYTES = 200_000_000;

  private static final int PAGE_BYTES = 32 * 1024;
  private static final int CHECKPOINT_BYTES = 16 * 1024 * 1024;

  private static final Set<SQLiteErrorCode> DAMAGE =
      Set.of(SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB);

  private static final int PRIMARY_CODE = 0xff;

  static {
    NativeLibrary.use();
  }

  private final Path path;
  private final Session writer;
  private final Session reader;

  /** Whether a transaction outlives a power cut; each outlives the process. */
  enum Durability {
    /** On disk when it returns, and all before it. */
    FULL,
    /** On disk with the next one that is {@link #FULL}, or some time later. */
    NORMAL
  }

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Session session) throws SQLException;
  }

  /** Writes what a new database has. */
  @FunctionalInterface
  interface Making {
    void make(SqliteFile file, Session session) throws SQLException;
  }

  /** A connection and its prepared statements, each made once, and again after a failure. */
  static final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private Durability durability = Durability.FULL;

    private Session(Path file) throws SQLException {
      // Not by the DriverManager, which does not see the class loader of Camel JBang.
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl("jdbc:sqlite:" + file);
      this.connection = source.getConnection();
    }

    PreparedStatement prepared(String sql) throws SQLException {
      PreparedStatement known = statements.get(sql);
      if (known == null) {
        known = connection.prepareStatement(sql);
        statements.put(sql, known);
      }
      return known;
    }

    void run(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /** The first column of the first row. */
    String text(String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        return rows.next() ? String.valueOf(rows.getString(1)) : "";
      }
    }

    /** The driver closes a statement that has failed, and does not make it again. */
    private void forgetStatements() {
      for (PreparedStatement statement : statements.values()) {
        try {
          statement.close();
        } catch (SQLException e) {
          // closed all the same
        }
      }
      statements.clear();
    }

    private void need(Durability wanted) throws SQLException {
      if (durability != wanted) {
        run("PRAGMA synchronous=" + wanted);
        durability = wanted;
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /**
   * Opens the database, and makes it when it is missing.
   *
   * @param makes writes what a new one has
   * @throws StoreException when it cannot be used
   */
  SqliteFile(Path folder, Making makes) {
    this.path = folder.resolve(NAME);
    try {
      if (Files.notExists(path)) {
        create(folder, makes);
      } else if (Files.size(path) == 0) {
        throw damaged("it is empty");
      }
      this.writer = new Session(path);
      this.reader = new Session(path);
    } catch (SQLException | IOException e) {
      throw failure("cannot be opened", e);
    }
    try {
      prepare();
    } catch (SQLException | StoreException e) {
      close();
      throw e instanceof SQLException ? failure("cannot be opened", e) : (StoreException) e;
    }
  }

  /** Under another name, so that a process that dies meanwhile leaves no half of it. */
  private void create(Path folder, Making makes) throws SQLException, IOException {
    Path made = folder.resolve(NAME + ".new");
    Files.deleteIfExists(made);
    // What is left of a database that was deleted must not be taken for a part of this one.
    for (Path old : companions(folder)) {
      Files.deleteIfExists(old);
    }
    try (Session session = new Session(made)) {
      session.run("PRAGMA page_size=" + PAGE_BYTES);
      session.run("BEGIN");
      makes.make(this, session);
      session.run("COMMIT");
    }
    Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
  }

  private void prepare() throws SQLException {
    for (Session session : List.of(writer, reader)) {
      session.run("PRAGMA busy_timeout=3000");
      session.run("PRAGMA temp_store=MEMORY");
      session.run("PRAGMA cell_size_check=ON");
    }
    writer.run("PRAGMA journal_mode=WAL");
    writer.run("PRAGMA synchronous=" + writer.durability);
    writer.run("PRAGMA wal_autocheckpoint=" + CHECKPOINT_BYTES / pageBytes());
    writer.run("PRAGMA journal_size_limit=" + 4 * CHECKPOINT_BYTES);
    reader.run("PRAGMA query_only=ON");
    String check = reader.text("PRAGMA quick_check(1)");
    if (!check.equals("ok")) {
      throw damaged(check);
    }
  }

  private int pageBytes() throws SQLException {
    return Integer.parseInt(writer.text("PRAGMA page_size"));
  }

  /**
   * Makes all the changes or none.
   *
   * @throws StoreException when they are not made
   */
  <T> T write(Durability durability, Work<T> changes) {
    try {
      writer.need(durability);
      writer.prepared("BEGIN IMMEDIATE").execute();
      T result = changes.with(writer);
      writer.prepared("COMMIT").execute();
      return result;
    } catch (SQLException e) {
      rollBack(e);
      throw failure("cannot be written", e);
    } catch (RuntimeException | Error e) {
      rollBack(e);
      throw e;
    }
  }

  /**
   * Reads, without a transaction that lasts.
   *
   * @throws StoreException when it cannot be read
   */
  <T> T read(Work<T> work) {
    synchronized (reader) {
      try {
        return work.with(reader);
      } catch (SQLException e) {
        reader.forgetStatements();
        throw failure("cannot be read", e);
      }
    }
  }

  /** The length of the log of changes, in bytes. */
  static long walBytes(Path folder) {
    return folder.resolve(NAME + "-wal").toFile().length();
  }

  /** The files that SQLite keeps beside the database. */
  static List<Path> companions(Path folder) {
    return List.of(folder.resolve(NAME + "-wal"), folder.resolve(NAME + "-shm"));
  }

  @Override
  public void close() {
    try (writer;
        reader) {
      // in this order: the last one to be closed empties the log of changes
    } catch (SQLException e) {
      throw failure("cannot be closed", e);
    }
  }

  @Override
  public String toString() {
    return "the store '" + path + "'";
  }

  private void rollBack(Throwable cause) {
    writer.forgetStatements();
    try {
      writer.run("ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e); // SQLite has done it by itself after some failures
    }
  }

  StoreException damaged(String why) {
    return StoreException.damaged(this + " is damaged: " + LogText.oneLine(why), null);
  }

  private StoreException failure(String what, Exception e) {
    return isDamage(e)
        ? StoreException.damaged(this + " is damaged: " + LogText.oneLine("" + e.getMessage()), e)
        : new StoreException(this + " " + what + ": " + e.getMessage(), e);
  }

  private static boolean isDamage(Exception e) {
    return e instanceof SQLiteException sqlite
        && DAMAGE.stream()
            .anyMatch(code -> code.code == (sqlite.getResultCode().code & PRIMARY_CODE));
  }
}
