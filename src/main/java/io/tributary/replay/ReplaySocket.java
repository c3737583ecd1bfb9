package io.tributary.replay;

import io.tributary.logging.LogText;
import io.tributary.replay.ReplayRun.State;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the command {@code replay} reaches the process that runs: a Unix socket in the state
 * folder, which its owner alone can open, so it asks for no password and is on no network. Safe for
 * several threads.
 */
public final class ReplaySocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplaySocket.class);
  private static final String FILE = "REPLAY";
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

  private final Replay replay;
  private final Path file;
  private final ExecutorService threads;
  private @Nullable ServerSocketChannel server;

  ReplaySocket(CamelContext context, Replay replay, Path stateDir) {
    this.replay = replay;
    this.file = file(stateDir);
    this.threads = context.getExecutorServiceManager().newCachedThreadPool(this, "replay-command");
  }

  static Path file(Path stateDir) {
    return stateDir.resolve(FILE);
  }

  /** Begins to listen. Where that cannot be done, there is no command, and all else goes on. */
  synchronized void open() {
    try {
      // Left over from a process that was killed: this one alone has the folder.
      Files.deleteIfExists(file);
      ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server = opened;
      opened.bind(UnixDomainSocketAddress.of(file));
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
      threads.execute(() -> listen(opened));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("The command replay cannot be used, {} cannot listen: {}", file, e.toString());
      close();
    }
  }

  private void listen(ServerSocketChannel opened) {
    try {
      while (true) {
        SocketChannel caller = opened.accept();
        threads.execute(() -> serve(caller));
      }
    } catch (IOException e) {
      if (opened.isOpen()) {
        LOG.warn("The command replay cannot be used until a restart: {}", e.toString());
        close();
      }
    }
  }

  /** A caller that goes away, as with Ctrl-C, ends its replay. */
  private void serve(SocketChannel caller) {
    ReplayRun run = null;
    try (caller;
        DataInputStream in = new DataInputStream(Channels.newInputStream(caller));
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(caller))) {
      ReplayRequest request = ReplayRequest.read(in);
      try {
        run = replay.start(request.filter(), request.dry(), Duration.ZERO);
      } catch (IllegalArgumentException | IllegalStateException e) {
        out.writeUTF(LogText.oneLine(String.valueOf(e.getMessage()), 1000));
        end(out, false);
        return;
      }
      while (!run.awaitEnd(BETWEEN_LINES)) {
        out.writeUTF(run.summary());
      }
      for (String line : run.report().lines().toList()) {
        out.writeUTF(LogText.oneLine(line, 1000));
      }
      end(out, run.state() == State.DONE);
    } catch (IOException e) {
      if (run != null) {
        run.stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An empty line, and whether all was done. */
  private static void end(DataOutputStream out, boolean done) throws IOException {
    out.writeUTF("");
    out.writeBoolean(done);
  }

  /** Listens no more. */
  @Override
  public synchronized void close() {
    ServerSocketChannel opened = server;
    server = null;
    if (opened == null) {
      return;
    }
    try (opened) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("{} stays behind", file, e);
    }
  }
}
