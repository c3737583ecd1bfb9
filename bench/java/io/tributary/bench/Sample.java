package io.tributary.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a process needs at a moment.
 *
 * @param messages delivered a second since the sample before
 * @param heapMegabytes of what is left after a full collection
 */
record Sample(
    double messages,
    double heapMegabytes,
    double residentMegabytes,
    double threads,
    double openFiles,
    double stateMegabytes) {
  private static final double TOLERANCE = 1.1;

  private static final List<Column<Sample>> NEEDS =
      List.of(
          new Column<>("heap after GC MB", "%.1f", Sample::heapMegabytes),
          new Column<>("RSS MB", "%.0f", Sample::residentMegabytes),
          new Column<>("threads", "%.0f", Sample::threads),
          new Column<>("open files", "%.0f", Sample::openFiles),
          new Column<>("state MB", "%.1f", Sample::stateMegabytes));

  static final List<Column<Sample>> COLUMNS = columns();

  static Sample of(Trial trial, double messages) throws IOException, InterruptedException {
    Proc proc = trial.proc();
    double resident = proc.residentMegabytes();
    double state = Folder.megabytes(trial.state());
    double heap = trial.child().liveMegabytes();
    return new Sample(messages, heap, resident, proc.threads(), proc.openFiles(), state);
  }

  /**
   * Whether what is needed levels off: for each, the most in the last third of the samples beside
   * that of the third before.
   */
  static String verdict(List<Sample> samples) {
    int third = samples.size() / 3;
    List<Sample> last = samples.subList(samples.size() - third, samples.size());
    List<Sample> before = samples.subList(samples.size() - 2 * third, samples.size() - third);
    List<String> lines = new ArrayList<>();
    for (Column<Sample> need : NEEDS) {
      double ratio = most(need, last) / most(need, before);
      String verdict = ratio <= TOLERANCE ? "levels off" : "GROWS";
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %s, last third / the one before %.2f",
              need.title(),
              verdict,
              ratio));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static double most(Column<Sample> need, List<Sample> samples) {
    return samples.stream().mapToDouble(need::value).max().orElse(Double.NaN);
  }

  private static List<Column<Sample>> columns() {
    List<Column<Sample>> columns = new ArrayList<>();
    columns.add(new Column<>("messages/s", "%.0f", Sample::messages));
    columns.addAll(NEEDS);
    return List.copyOf(columns);
  }
}
