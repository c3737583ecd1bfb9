package io.tributary.support;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What is logged from now on, by one logger or by all. */
public final class LogLines implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger;
  private final Keeper keeper = new Keeper();

  private LogLines(Logger logger) {
    this.logger = logger;
    keeper.start();
    logger.addAppender(keeper);
  }

  /** The lines of the logger, and of those below it. */
  public static LogLines of(String name) {
    return new LogLines(LoggerContext.getContext(false).getLogger(name));
  }

  /** How many lines begin so: the level, a space and the message. */
  public long count(String beginning) {
    return lines.stream().filter(line -> line.startsWith(beginning)).count();
  }

  /** Every line, with the exception it has. */
  public List<String> all() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    logger.removeAppender(keeper);
    keeper.stop();
  }

  private final class Keeper extends AbstractAppender {
    Keeper() {
      super("kept-lines-" + UUID.randomUUID(), null, null, false, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }
}
