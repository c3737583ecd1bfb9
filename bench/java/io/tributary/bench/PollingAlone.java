package io.tributary.bench;

import static io.tributary.bench.ProgramSettings.number;
import static io.tributary.bench.ProgramSettings.text;

import io.tributary.settings.Setting;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * Reads both topics, one thread each, and throws away what it has read. It tells the sink how many
 * records a batch would have held.
 */
public final class PollingAlone {
  private static final Duration QUIET = Duration.ofMillis(100);

  private PollingAlone() {}

  /**
   * Takes the number of records in a message. Runs until it is killed; ends with status 1 when
   * anything fails.
   */
  public static void main(String[] args) {
    int records = Integer.parseInt(args[0]);
    ProgramThread.start(
        "customers", () -> read(text(Setting.KAFKA_CUSTOMER_TOPIC), "customers", records));
    ProgramThread.start(
        "products", () -> read(text(Setting.KAFKA_INVENTORY_TOPIC), "products", records));
  }

  private static void read(String topic, String section, int records) throws IOException {
    int most = number(Setting.MERGE_MAX_MESSAGES);
    long messages = 0;
    try (var consumer = ProgramSettings.consumer(topic)) {
      while (true) {
        int polled = consumer.poll(QUIET).count();
        messages += polled;
        if (messages >= most || (polled == 0 && messages > 0)) {
          tell(section, messages * records);
          messages = 0;
        }
      }
    }
  }

  private static void tell(String section, long records) throws IOException {
    String base = text(Setting.ANALYTICS_API_BASE_URL);
    URI url = URI.create(base + "/counted/" + section + "/" + records);
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.getInputStream().close();
  }
}
