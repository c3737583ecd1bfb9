package io.tributary.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A table in Markdown that is printed row by row.
 *
 * @param <T> what a row is about
 */
final class Table<T> {
  private final List<Column<T>> columns;
  private final Map<String, List<T>> rows = new LinkedHashMap<>();

  /** Prints the titles. */
  Table(String first, List<Column<T>> columns) {
    this.columns = columns;
    System.out.println();
    print(first, columns.stream().map(Column::title).toList());
    System.out.println("|---".repeat(columns.size() + 1) + "|");
  }

  /** Prints a row, which is one of those of a group. */
  void add(String group, String label, T row) {
    rows.computeIfAbsent(group, g -> new ArrayList<>()).add(row);
    printFigures(label, column -> column.value(row));
  }

  /** The rows of a group. */
  List<T> rows(String group) {
    return rows.getOrDefault(group, List.of());
  }

  /** Prints the medians of each group with more than one row. */
  void printMedians() {
    rows.forEach(
        (group, of) -> {
          if (of.size() > 1) {
            printFigures("**" + group + ", median**", column -> column.median(of));
          }
        });
  }

  /** Prints the ratio of the medians of each other group to one, if that has any rows. */
  void printRatiosTo(String base) {
    List<T> others = rows(base);
    rows.forEach(
        (group, of) -> {
          if (!group.equals(base) && !others.isEmpty()) {
            print(
                "**" + group + " / " + base + "**",
                columns.stream()
                    .map(c -> Column.cell("%.3f", c.median(of) / c.median(others)))
                    .toList());
          }
        });
  }

  private void printFigures(String label, ToDoubleFunction<Column<T>> figure) {
    print(label, columns.stream().map(c -> c.text(figure.applyAsDouble(c))).toList());
  }

  private static void print(String label, List<String> cells) {
    System.out.println("| " + label + " | " + String.join(" | ", cells) + " |");
  }
}
