package io.tributary.delivery;

import static org.awaitility.Awaitility.await;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.demo.TemporaryFolder;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import io.tributary.settings.Setting;
import io.tributary.support.Events;
import io.tributary.support.MockedTopic;
import io.tributary.support.RecordingApi;
import io.tributary.support.RunningTributary;
import io.tributary.support.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.processor.aggregate.AggregateController;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The shipped routes without Kafka: batches come from the test, to an API of its own, and dead
 * letters go to a mock.
 */
final class DeliveryRig implements AfterEachCallback {
  static final String CUSTOMERS = "customer_data";
  static final String PRODUCTS = "inventory_data";

  private final RecordingApi api = new RecordingApi();
  private final Events customers = new Events(ContentDedupe.OFF, CUSTOMERS);
  private final Events products = new Events(ContentDedupe.OFF, PRODUCTS);
  private final List<Message> letters = new ArrayList<>();
  private final TemporaryFolder folder = new TemporaryFolder("tributary-delivery-");
  private int customersSent;
  private int productsSent;
  private @Nullable RunningTributary running;

  RecordingApi api() {
    return api;
  }

  RunningTributary.Builder tributary() {
    return tributary(api.url());
  }

  /** Its batches are completed by the test only, and nothing waits for the flush interval. */
  RunningTributary.Builder tributary(String apiUrl) {
    return RunningTributary.with(folder.path(), "127.0.0.1:1", apiUrl)
        .withoutKafka()
        .set(Setting.RETRY_BACKOFF_BASE, "0.2")
        .set(Setting.MERGE_FLUSH_INTERVAL, 600);
  }

  RunningTributary start(RunningTributary.Builder settings) throws Exception {
    stop();
    running = settings.start();
    return running;
  }

  RunningTributary start() throws Exception {
    return start(tributary());
  }

  void stop() {
    if (running != null) {
      letters.addAll(received());
      running.close();
      running = null;
    }
  }

  /** A poll of customers into the open batch. */
  void merge(String... records) {
    Event[] events = new Event[records.length];
    for (int i = 0; i < records.length; i++) {
      events[i] = customers.at(0, customersSent, "c" + customersSent++, records[i]);
    }
    merge(Stores.poll(Stores.CUSTOMERS, events));
  }

  /** A poll of products. */
  void mergeProducts(String... records) {
    Event[] events = new Event[records.length];
    for (int i = 0; i < records.length; i++) {
      events[i] = products.at(0, productsSent, "p" + productsSent++, records[i]);
    }
    merge(Stores.poll(Stores.PRODUCTS, events));
  }

  private void merge(Poll poll) {
    running.context().createProducerTemplate().sendBody("direct:batch-merge", poll);
  }

  void complete() throws Exception {
    running.bean("mergeControl", AggregateController.class).forceCompletionOfGroup("batch");
  }

  /** A batch for each of these customers. */
  void send(String... records) throws Exception {
    for (String record : records) {
      merge(record);
      complete();
    }
  }

  /** A batch for each of the numbers, with the customer of this number. */
  void send(int from, int to) throws Exception {
    send(IntStream.range(from, to).mapToObj(DeliveryRig::customer).toArray(String[]::new));
  }

  static String customer(int number) {
    return "{\"id\":\"C" + number + "\"}";
  }

  /** Until no batch is open or pending. */
  void awaitEnd() {
    running.awaitAllDelivered();
  }

  void awaitApplied(int batches) {
    await().until(() -> api.applied().size() == batches);
  }

  /** What would be in the dead-letter topic. */
  List<Message> letters() {
    return Stream.concat(letters.stream(), received().stream()).toList();
  }

  private List<Message> received() {
    return MockedTopic.of(running.context()).getReceivedExchanges().stream()
        .map(Exchange::getMessage)
        .toList();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    stop();
    api.close();
    folder.close();
  }
}
