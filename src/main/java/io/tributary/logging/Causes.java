package io.tributary.logging;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is behind a failure. */
public final class Causes {
  /** Of causes that are one another's cause there is no end. */
  private static final int MOST = 50;

  private Causes() {}

  /** The failure and its causes, the root last. */
  public static List<Throwable> of(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (@Nullable Throwable t = failure; t != null && causes.size() < MOST; t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }

  /** The first of the failure and its causes that is of a kind; makes no object. */
  public static <T> @Nullable T first(Throwable failure, Class<T> kind) {
    @Nullable Throwable t = failure;
    for (int i = 0; t != null && i < MOST; i++) {
      if (kind.isInstance(t)) {
        return kind.cast(t);
      }
      t = t.getCause();
    }
    return null;
  }

  /** The cause that has no other. */
  public static Throwable root(Throwable failure) {
    List<Throwable> causes = of(failure);
    return causes.get(causes.size() - 1);
  }

  /** What the failure says, and what its root says. */
  public static String words(Throwable failure) {
    String said = message(failure);
    String why = message(root(failure));
    return said.contains(why) ? said : said + ": " + why;
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
