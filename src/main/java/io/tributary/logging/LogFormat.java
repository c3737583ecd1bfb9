package io.tributary.logging;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.jspecify.annotations.Nullable;

/** Turns the log into JSON; as text it stays as {@code log4j2.xml} has it, at no cost. */
public final class LogFormat {
  private LogFormat() {}

  /** With {@code json}, each line is an object with the names of the Elastic Common Schema. */
  public static void apply(@Nullable String format) {
    if (format == null || !format.strip().equalsIgnoreCase("json")) {
      return;
    }
    LoggerContext context =
        (LoggerContext) LogManager.getContext(LogFormat.class.getClassLoader(), false);
    Configuration configuration = context.getConfiguration();
    ConsoleAppender json =
        ConsoleAppender.newBuilder()
            .setName("json")
            .setTarget(ConsoleAppender.Target.SYSTEM_OUT)
            .setConfiguration(configuration)
            .setLayout(
                JsonTemplateLayout.newBuilder()
                    .setConfiguration(configuration)
                    .setEventTemplateUri("classpath:EcsLayout.json")
                    .build())
            .build();
    json.start();
    configuration.addAppender(json);
    LoggerConfig root = configuration.getRootLogger();
    root.getAppenders().keySet().forEach(root::removeAppender);
    root.addAppender(json, null, null);
    context.updateLoggers();
  }
}
