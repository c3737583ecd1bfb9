package io.tributary.logging;

import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;

/** What the settings change of the log; the rest is as {@code log4j2.xml} has it. */
public final class Logging {
  private static final List<String> PRINTING_SECRETS =
      List.of(
          "org.apache.camel.component.properties",
          "org.apache.camel.impl.engine.DefaultBeanIntrospection",
          "org.apache.hc.client5.http.headers",
          "org.apache.hc.client5.http.wire");

  private Logging() {}

  /** Has no library print passwords and tokens, whatever the level; before the first is read. */
  public static void keepSecrets() {
    PRINTING_SECRETS.forEach(logger -> Configurator.setLevel(logger, Level.INFO));
  }

  /** Sets the level of the program's own log, by its name in Log4j. */
  public static void setLevel(String level) {
    Configurator.setLevel("io.tributary", Level.valueOf(level));
  }

  /** With {@code json}, each line is an object with the names of the Elastic Common Schema. */
  public static void setFormat(String format) {
    if (!format.strip().equalsIgnoreCase("json")) {
      return;
    }
    LoggerContext context =
        (LoggerContext) LogManager.getContext(Logging.class.getClassLoader(), false);
    Configuration configuration = context.getConfiguration();
    ConsoleAppender json =
        ConsoleAppender.newBuilder()
            .setName("json")
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
