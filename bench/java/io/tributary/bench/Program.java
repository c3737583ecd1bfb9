package io.tributary.bench;

import java.util.List;

/** The programs that are measured. */
enum Program {
  TRIBUTARY("Tributary") {
    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return List.of("-jar", settings.jar().toString());
    }
  },
  HAND_WRITTEN("hand-written") {
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
  },
  BY_THE_BOOK("by the book") {
    @Override
    List<String> arguments(BenchSettings settings, Topics topics) {
      return Child.own(ByTheBook.class, settings.home().resolve(ByTheBook.ROUTES).toString());
    }
  };

  /** What the others are compared with. */
  static final Program LIMIT = HAND_WRITTEN;

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
    return label.replace(' ', '-');
  }

  /** The arguments of the command {@code java}, without flags. */
  abstract List<String> arguments(BenchSettings settings, Topics topics);
}
