package io.tributary.bench;

import io.tributary.bench.Tally.Arrival;
import java.time.Duration;
import java.util.List;

/**
 * The figures of one run. The last batch is left out of the speed: it waits for the end of its
 * window, not for work.
 *
 * @param firstSeconds from the start of the process to the first batch
 * @param drainSeconds from the start of the process to the last batch but one
 * @param allSeconds from the start of the process until all has arrived
 * @param overall messages a second from the start of the process to the last batch but one
 * @param steady messages a second from the first batch to the last batch but one
 * @param cpuSeconds CPU time of the process until all had arrived
 * @param peakMegabytes the most memory that was resident
 */
record Result(
    double firstSeconds,
    double drainSeconds,
    double allSeconds,
    double overall,
    double steady,
    double cpuSeconds,
    double peakMegabytes) {

  static Result of(long startMillis, List<Arrival> arrivals, Duration cpu, long peakMegabytes) {
    if (arrivals.size() < 3) {
      throw new IllegalArgumentException("Too few messages: there must be three batches or more");
    }
    Arrival first = arrivals.get(0);
    Arrival beforeLast = arrivals.get(arrivals.size() - 2);
    Arrival last = arrivals.get(arrivals.size() - 1);
    double untilThen =
        arrivals.stream().limit(arrivals.size() - 1).mapToLong(Arrival::records).sum();
    double drain = seconds(startMillis, beforeLast.millis());
    double messages = untilThen / SampleEvents.RECORDS;
    double messagesAfterFirst = (untilThen - first.records()) / SampleEvents.RECORDS;
    return new Result(
        seconds(startMillis, first.millis()),
        drain,
        seconds(startMillis, last.millis()),
        messages / drain,
        messagesAfterFirst / seconds(first.millis(), beforeLast.millis()),
        cpu.toMillis() / 1000.0,
        peakMegabytes);
  }

  private static double seconds(long fromMillis, long toMillis) {
    return (toMillis - fromMillis) / 1000.0;
  }
}
