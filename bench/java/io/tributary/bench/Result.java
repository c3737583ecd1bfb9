package io.tributary.bench;

import io.tributary.bench.Tally.Arrival;
import java.time.Duration;
import java.util.List;

/**
 * The figures of one run. Where there are three batches or more, the last is left out of the speed:
 * it waits for the end of its window, not for work.
 *
 * @param firstSeconds from the start of the process to the first batch
 * @param drainSeconds from the start of the process to the last batch that counts
 * @param allSeconds from the start of the process until all had arrived
 * @param messages a second from the start of the process to the last batch that counts
 * @param megabytes of messages a second, as {@code messages}
 * @param steady messages a second from the first batch to the last one that counts
 * @param steadyMegabytes of messages a second, as {@code steady}
 * @param lastQuarter messages a second in the last quarter of the batches that count
 * @param cpuSeconds CPU time of the process for 100,000 messages
 * @param peakMegabytes the most memory that was resident
 */
record Result(
    double firstSeconds,
    double drainSeconds,
    double allSeconds,
    double messages,
    double megabytes,
    double steady,
    double steadyMegabytes,
    double lastQuarter,
    double cpuSeconds,
    double peakMegabytes) {
  static final List<Column<Result>> COLUMNS =
      List.of(
          new Column<>("first batch s", "%.2f", Result::firstSeconds),
          new Column<>("drained s", "%.2f", Result::drainSeconds),
          new Column<>("messages/s", "%.0f", Result::messages),
          new Column<>("MB/s", "%.2f", Result::megabytes),
          new Column<>("messages/s after the first batch", "%.0f", Result::steady),
          new Column<>("MB/s after the first batch", "%.2f", Result::steadyMegabytes),
          new Column<>("CPU s for 100,000", "%.2f", Result::cpuSeconds),
          new Column<>("peak RSS MB", "%.0f", Result::peakMegabytes));

  static final Column<Result> LAST_QUARTER =
      new Column<>("messages/s in the last quarter", "%.0f", Result::lastQuarter);

  static Result of(
      long startMillis, List<Arrival> arrivals, Topics topics, Duration cpu, double peakMegabytes) {
    List<Arrival> counted =
        arrivals.size() < 3 ? arrivals : arrivals.subList(0, arrivals.size() - 1);
    double drain = seconds(startMillis, last(counted).millis());
    double messages = messages(counted, topics) / drain;
    double steady = rateFrom(1, counted, topics);
    return new Result(
        seconds(startMillis, arrivals.get(0).millis()),
        drain,
        seconds(startMillis, last(arrivals).millis()),
        messages,
        megabytes(messages, topics),
        steady,
        megabytes(steady, topics),
        rateFrom(Math.max(1, counted.size() * 3 / 4), counted, topics),
        cpu.toMillis() / 1000.0 * 100_000 / messages(arrivals, topics),
        peakMegabytes);
  }

  /** Messages a second from just before the batch at an index to the end. */
  private static double rateFrom(int index, List<Arrival> arrivals, Topics topics) {
    return index >= arrivals.size()
        ? Double.NaN
        : messages(arrivals.subList(index, arrivals.size()), topics)
            / seconds(arrivals.get(index - 1).millis(), last(arrivals).millis());
  }

  private static double messages(List<Arrival> arrivals, Topics topics) {
    return (double) arrivals.stream().mapToLong(Arrival::records).sum() / topics.recordsOfMessage();
  }

  private static double megabytes(double messages, Topics topics) {
    return messages * topics.payloadBytes() / 1e6;
  }

  private static Arrival last(List<Arrival> arrivals) {
    return arrivals.get(arrivals.size() - 1);
  }

  private static double seconds(long fromMillis, long toMillis) {
    return (toMillis - fromMillis) / 1000.0;
  }
}
