package io.tributary.replay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * What an operator asks for on the command line.
 *
 * @param reason as {@link ReplayFilter} reads it, as are the other texts; empty lets all pass
 * @param dry whether only to list
 */
record ReplayRequest(String reason, String from, String to, String id, boolean dry) {
  static final String USAGE =
      "replay (--reason <reason> | --from <time> | --to <time> | --id <id> | --all) [--dry-run]";

  /**
   * Reads the arguments after {@code replay}.
   *
   * @throws IllegalArgumentException when one is not known or cannot be used, or when nothing says
   *     what is meant: a bare {@code replay} shall not send everything
   */
  static ReplayRequest parse(List<String> arguments) {
    String reason = "";
    String from = "";
    String to = "";
    String id = "";
    boolean all = false;
    boolean dry = false;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--reason" -> reason = value(option, rest);
        case "--from" -> from = value(option, rest);
        case "--to" -> to = value(option, rest);
        case "--id" -> id = value(option, rest);
        case "--all" -> all = true;
        case "--dry-run" -> dry = true;
        default -> throw new IllegalArgumentException("There is no option '" + option + "'");
      }
    }
    boolean filtered = !(reason + from + to + id).isEmpty();
    if (all && filtered) {
      throw new IllegalArgumentException("With --all nothing else says what is meant");
    }
    if (!all && !filtered && !dry) {
      throw new IllegalArgumentException("What is meant? --all sends all dead letters back");
    }
    ReplayRequest request = new ReplayRequest(reason, from, to, id, dry);
    request.filter();
    return request;
  }

  /** Which dead letters are meant. */
  ReplayFilter filter() {
    return ReplayFilter.parse(reason, from, to, id);
  }

  static ReplayRequest read(DataInputStream in) throws IOException {
    return new ReplayRequest(
        in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readBoolean());
  }

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(reason);
    out.writeUTF(from);
    out.writeUTF(to);
    out.writeUTF(id);
    out.writeBoolean(dry);
  }

  private static String value(String option, Iterator<String> rest) {
    String value = rest.hasNext() ? rest.next().strip() : "";
    if (value.isEmpty() || value.startsWith("--")) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return value;
  }
}
