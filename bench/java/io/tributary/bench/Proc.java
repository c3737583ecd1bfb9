package io.tributary.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What Linux tells of a process; figures are zero where the system does not tell. */
final class Proc {
  private final ProcessHandle process;

  Proc(ProcessHandle process) {
    this.process = process;
  }

  /** CPU time since the process began. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The most memory that was resident, in megabytes. */
  double peakMegabytes() throws IOException {
    return status("VmHWM:") / 1024.0;
  }

  /** The memory that is resident, in megabytes. */
  double residentMegabytes() throws IOException {
    return status("VmRSS:") / 1024.0;
  }

  long threads() throws IOException {
    return status("Threads:");
  }

  long openFiles() throws IOException {
    Path open = folder().resolve("fd");
    if (!Files.exists(open)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(open)) {
      return files.count();
    }
  }

  private long status(String field) throws IOException {
    Path status = folder().resolve("status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private Path folder() {
    return Path.of("/proc", String.valueOf(process.pid()));
  }
}
