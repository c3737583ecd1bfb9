package io.tributary.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A figure of a row.
 *
 * @param <T> what a row is about
 * @param format of the figure, as {@link String#format} has it
 */
record Column<T>(String title, String format, ToDoubleFunction<T> figure) {
  double value(T row) {
    return figure.applyAsDouble(row);
  }

  double median(List<T> rows) {
    double[] sorted = rows.stream().mapToDouble(figure).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The text of a cell; a dash where there is no such figure. */
  String text(double value) {
    return cell(format, value);
  }

  static String cell(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }
}
