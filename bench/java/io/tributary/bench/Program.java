package io.tributary.bench;

import java.util.List;
import java.util.Locale;

/** The programs that are measured. */
enum Program {
  /** As the README and the image start it. */
  TRIBUTARY("Tributary") {
    @Override
    List<String> options() {
      return JVM_OPTIONS;
    }

    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return JAR;
    }
  },
  TRIBUTARY_PLAIN("Tributary, `java -jar` alone") {
    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return JAR;
    }
  },
  HAND_WRITTEN("hand-written") {
    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return Child.own(HandWritten.class);
    }
  },
  /** The archive of classes does not fit it, and is passed over. */
  HAND_WRITTEN_TUNED("hand-written, `jvm.options`") {
    @Override
    List<String> options() {
      return JVM_OPTIONS;
    }

    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return Child.own(HandWritten.class);
    }
  },
  POLLING("polling alone") {
    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return Child.own(PollingAlone.class, String.valueOf(topics.recordsOfMessage()));
    }
  };

  /** What the others are compared with. */
  static final List<Program> LIMITS = List.of(HAND_WRITTEN, HAND_WRITTEN_TUNED);

  private static final List<String> JVM_OPTIONS = List.of("@jvm.options");
  private static final List<String> JAR = List.of("-jar", "target/tributary.jar");

  private final String label;

  Program(String label) {
    this.label = label;
  }

  /** Its name in the table. */
  String label() {
    return label;
  }

  /** Its name in files and consumer groups. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Options of its JVM. */
  List<String> options() {
    return List.of();
  }

  /** The arguments of the command {@code java}, without options of the JVM. */
  abstract List<String> arguments(BenchSettings settings, Topics topics);
}
