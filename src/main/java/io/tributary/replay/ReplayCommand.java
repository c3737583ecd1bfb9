package io.tributary.replay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Has the Tributary that runs on a state folder replay dead letters. */
public final class ReplayCommand {
  /** Its arguments. */
  public static final String USAGE = ReplayRequest.USAGE;

  private ReplayCommand() {}

  /**
   * Waits for the end.
   *
   * @param arguments those after {@code replay}
   * @param out gets a line when the figures have changed, and at the end one for each dead letter
   * @return whether it was done
   * @throws IllegalArgumentException when the arguments cannot be used
   * @throws IOException when no process listens there, or it ends meanwhile
   */
  public static boolean run(Path stateDir, List<String> arguments, Consumer<String> out)
      throws IOException {
    ReplayRequest request = ReplayRequest.parse(arguments);
    try (SocketChannel channel = connect(stateDir);
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        DataOutputStream to = new DataOutputStream(Channels.newOutputStream(channel))) {
      request.write(to);
      String before = "";
      for (String line = in.readUTF(); !line.isEmpty(); line = in.readUTF()) {
        if (!line.equals(before)) {
          out.accept(line);
        }
        before = line;
      }
      return in.readBoolean();
    } catch (EOFException e) {
      throw new IOException("Tributary has ended before the replay; start it again", e);
    }
  }

  private static SocketChannel connect(Path stateDir) throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(ReplaySocket.file(stateDir)));
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(
          "no Tributary can be reached that runs on the state folder '%s' (%s); MERGE_STATE_DIR names it"
              .formatted(stateDir, e.getMessage()),
          e);
    }
  }
}
