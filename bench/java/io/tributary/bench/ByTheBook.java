package io.tributary.bench;

import static io.tributary.bench.ProgramSettings.number;
import static io.tributary.bench.ProgramSettings.text;

import io.tributary.settings.Setting;
import java.nio.file.Path;
import org.apache.camel.main.Main;

/** Runs the routes of {@code bench/routes}, with Tributary's settings. */
public final class ByTheBook {
  static final Path ROUTES = Path.of("bench/routes/by-the-book.camel.yaml");

  private ByTheBook() {}

  /** Takes the file with the routes. Runs until it is killed. */
  public static void main(String[] args) throws Exception {
    Main main = new Main();
    main.setPropertyPlaceholderLocations("false");
    main.configure().withRoutesIncludePattern("file:" + args[0]);
    main.addProperty("brokers", text(Setting.KAFKA_BOOTSTRAP_SERVERS));
    main.addProperty("group-id", text(Setting.KAFKA_GROUP_ID));
    main.addProperty("customer-topic", text(Setting.KAFKA_CUSTOMER_TOPIC));
    main.addProperty("inventory-topic", text(Setting.KAFKA_INVENTORY_TOPIC));
    main.addProperty("api", text(Setting.ANALYTICS_API_BASE_URL));
    main.addProperty("cache-size", text(Setting.IDEMPOTENCY_CACHE_SIZE));
    main.addProperty("state-dir", text(Setting.MERGE_STATE_DIR));
    main.addProperty("max-messages", text(Setting.MERGE_MAX_MESSAGES));
    main.addProperty("flush-interval", 1000 * number(Setting.MERGE_FLUSH_INTERVAL) + "");
    main.run();
  }
}
