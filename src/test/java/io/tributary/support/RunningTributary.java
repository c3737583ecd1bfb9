package io.tributary.support;

import static org.awaitility.Awaitility.await;

import io.tributary.Commands;
import io.tributary.Tributary;
import io.tributary.metrics.Ledger;
import io.tributary.settings.Setting;
import io.tributary.store.Store;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/**
 * Tributary in this JVM, with the shipped routes and settings but for those that a test changes,
 * and without Camel's MBeans of routes and their parts unless a test asks for them: half of a start
 * goes into these.
 */
public final class RunningTributary implements AutoCloseable {
  private static final String MBEANS = "camel.main.jmxManagementMBeansLevel";

  private final Main main;

  private RunningTributary(Main main) {
    this.main = main;
  }

  /** Begins the list of what differs from {@code application.properties}. */
  public static Builder with(Path stateDir, String brokers, String apiUrl) {
    return new Builder()
        .set(Setting.MERGE_STATE_DIR, stateDir)
        .set(Setting.KAFKA_BOOTSTRAP_SERVERS, brokers)
        .set(Setting.ANALYTICS_API_BASE_URL, apiUrl)
        .set(Setting.MANAGEMENT_PORT, Ports.free())
        .set(Setting.MERGE_FLUSH_INTERVAL, "1");
  }

  public CamelContext context() {
    return main.getCamelContext();
  }

  public <T> T bean(String name, Class<T> type) {
    return context().getRegistry().lookupByNameAndType(name, type);
  }

  public Store store() {
    return bean("mergeStore", Store.class);
  }

  public Ledger ledger() {
    return bean("ledger", Ledger.class);
  }

  /** Until no batch is open or pending. */
  public void awaitAllDelivered() {
    await().until(() -> store().open() == null && store().pendingCount() == 0);
  }

  /** Stops it as SIGTERM does. */
  @Override
  public void close() {
    main.stop();
  }

  /** What a command has said, and its exit status. */
  public record Result(int status, String output) {}

  /** What differs from the shipped settings. */
  public static final class Builder {
    private final Map<Setting, String> settings = new EnumMap<>(Setting.class);
    private final Map<String, String> properties = new LinkedHashMap<>();

    private Consumer<AutoCloseable> closer = running -> {};
    private boolean withoutKafka;

    private Builder() {
      property(MBEANS, "ContextOnly");
    }

    /** Has what is started closed by somebody else. */
    Builder closedBy(Consumer<AutoCloseable> owner) {
      closer = owner;
      return this;
    }

    /** Has Camel's MBeans of routes and their parts, as shipped. */
    public Builder withMBeans() {
      return property(MBEANS, "Default");
    }

    /** Reads no topic; what would go to the dead-letter topic goes to {@link MockedTopic}. */
    public Builder withoutKafka() {
      withoutKafka = true;
      return property("camel.main.autoStartupExcludePattern", ".*-intake");
    }

    /** Sets what no setting of Tributary's own is for, such as a Kafka client's patience. */
    public Builder property(String name, Object value) {
      properties.put(name, String.valueOf(value));
      return this;
    }

    public Builder set(Setting setting, Object value) {
      settings.put(setting, String.valueOf(value));
      return this;
    }

    public String get(Setting setting) {
      return settings.getOrDefault(setting, setting.defaultValue());
    }

    /** Executes a command with these settings, beside what runs. */
    public Result command(String... arguments) {
      Map<String, String> all = new LinkedHashMap<>(properties);
      settings.forEach((setting, value) -> all.put(setting.property(), value));
      StringWriter said = new StringWriter();
      PrintWriter out = new PrintWriter(said, true);
      return new Result(Commands.execute(all, out, out, arguments), said.toString());
    }

    public RunningTributary start() throws Exception {
      Main main = Tributary.create();
      settings.forEach((setting, value) -> main.addOverrideProperty(setting.property(), value));
      properties.forEach(main::addOverrideProperty);
      // Several run side by side, and each registers its name with the JVM's management.
      main.addOverrideProperty("camel.main.name", "tributary-" + get(Setting.MANAGEMENT_PORT));
      if (withoutKafka) {
        main.init();
        MockedTopic.replace(main.getCamelContext());
      }
      main.start();
      RunningTributary running = new RunningTributary(main);
      closer.accept(running);
      return running;
    }
  }
}
