package io.tributary.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The results of all runs, as a table in Markdown: each run, the medians, and their ratio. */
final class ResultTable {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("first batch s", "%.2f", Result::firstSeconds),
          new Column("drained s", "%.2f", Result::drainSeconds),
          new Column("all s", "%.2f", Result::allSeconds),
          new Column("messages/s", "%.0f", Result::overall),
          new Column("after the first batch", "%.0f", Result::steady),
          new Column("CPU s", "%.1f", Result::cpuSeconds),
          new Column("peak MB", "%.0f", Result::peakMegabytes));

  private final Map<Program, List<Result>> results = new EnumMap<>(Program.class);

  private record Column(String title, String format, ToDoubleFunction<Result> figure) {}

  void add(Program program, Result result) {
    results.computeIfAbsent(program, p -> new ArrayList<>()).add(result);
  }

  /** The line above the figures, and the one between. */
  static String header() {
    List<String> titles = COLUMNS.stream().map(Column::title).toList();
    return row("run", titles) + "\n" + "|---".repeat(titles.size() + 1) + "|";
  }

  /** The line of one run. */
  static String line(String label, Result result) {
    return row(label, COLUMNS.stream().map(c -> text(c.format(), c.figure(), result)).toList());
  }

  /** The lines of the medians, and of the ratio of Tributary's to the hand-written program's. */
  String medians() {
    StringBuilder lines = new StringBuilder();
    for (Program program : Program.values()) {
      List<String> cells =
          COLUMNS.stream().map(c -> number(c.format(), median(program, c))).toList();
      lines.append(row("**" + program.label() + ", median**", cells)).append('\n');
    }
    List<String> ratios =
        COLUMNS.stream()
            .map(c -> median(Program.TRIBUTARY, c) / median(Program.HAND_WRITTEN, c))
            .map(ratio -> number("%.2f", ratio))
            .toList();
    return lines.append(row("**ratio**", ratios)).toString();
  }

  private double median(Program program, Column column) {
    double[] sorted =
        results.getOrDefault(program, List.of()).stream()
            .mapToDouble(column.figure())
            .sorted()
            .toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static String text(String format, ToDoubleFunction<Result> figure, Result result) {
    return number(format, figure.applyAsDouble(result));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String row(String label, List<String> cells) {
    return "| " + label + " | " + String.join(" | ", cells) + " |";
  }
}
